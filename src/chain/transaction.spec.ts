import {
  AccountRole,
  getCompiledTransactionMessageDecoder,
  getProgramDerivedAddress,
  getTransactionDecoder,
  type Instruction,
} from '@solana/kit';
import { findAssociatedTokenPda } from '@solana-program/token';
import fc from 'fast-check';
import { address, addressFromBytes, addressToBytes } from '../kernel/address.js';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../kernel/tokens/listed-tokens.js';
import { BLOCKHASH, signedWire, TestWallet, USDC } from '../../test/support/paper-sandbox.js';
import { associatedTokenAddress, findProgramAddress, seededAddress } from './derived-address.js';
import { createAssociatedTokenIdempotent, memo, transferLamports } from './instructions.js';
import { decodeWire } from './message.js';
import { assembleWire, compileUnsigned, decodeIntent, programsOf, signatureOf } from './transaction.js';

/** Real: everything. Kit and the published program clients serve as the second opinion. */
const wallet = new TestWallet();
const OTHER = address('other11111111111111111111111111111111111111');

const anyInstruction: fc.Arbitrary<Instruction> = fc.record({
  programAddress: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => addressFromBytes(bytes)),
  accounts: fc.array(
    fc.record({
      address: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => addressFromBytes(bytes)),
      role: fc.constantFrom(AccountRole.READONLY, AccountRole.WRITABLE),
    }),
    { maxLength: 4 },
  ),
  data: fc.uint8Array({ maxLength: 200 }),
});

describe('transactions', () => {
  it('say after decoding what they were built from', () => {
    const instructions = [transferLamports(wallet.address, OTHER, 5n), memo('0198c0de/2')];
    const wire = signedWire(wallet, instructions, { computeUnitLimit: 77_000, computeUnitPriceMicroLamports: 9n });
    const intent = decodeIntent(wire);
    expect(intent).toMatchObject({
      signature: signatureOf(wire),
      feePayer: wallet.address,
      signatureCount: 1,
      blockhash: BLOCKHASH,
      memo: '0198c0de/2',
      computeUnitLimit: 77_000,
      computeUnitPriceMicroLamports: 9n,
    });
    expect(programsOf(wire).slice(2)).toEqual(instructions.map(({ programAddress }) => programAddress));
    expect(intent.instructions[2]).toMatchObject({ accounts: instructions[0]!.accounts, data: instructions[0]!.data });
  });

  it('are read by hand exactly as kit reads them', () => {
    fc.assert(
      fc.property(fc.array(anyInstruction, { maxLength: 3 }), (instructions) => {
        const bytes = Buffer.from(signedWire(wallet, instructions), 'base64');
        const { message } = decodeWire(bytes);
        const expected = getCompiledTransactionMessageDecoder().decode(
          getTransactionDecoder().decode(bytes).messageBytes,
        );
        if (expected.version !== 0) throw new Error('version 0 was built');
        expect(message.accounts).toEqual(expected.staticAccounts);
        expect(message.blockhash).toBe(expected.lifetimeToken);
        expect([message.signerCount, message.readonlySignerCount, message.readonlyOtherCount]).toEqual([
          expected.header.numSignerAccounts,
          expected.header.numReadonlySignerAccounts,
          expected.header.numReadonlyNonSignerAccounts,
        ]);
        expect(message.instructions.map(({ data }) => Buffer.from(data))).toEqual(
          expected.instructions.map(({ data }) => Buffer.from(data ?? [])),
        );
        expect(message.instructions.map(({ accountIndices }) => accountIndices)).toEqual(
          expected.instructions.map(({ accountIndices }) => accountIndices ?? []),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('are refused by hand when any byte is missing or one too many', () => {
    const bytes = Buffer.from(signedWire(wallet, [memo('x')]), 'base64');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeWire(bytes.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => decodeWire(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrow(RangeError);
  });

  it('of 1,232 bytes can be built, of one more not', () => {
    const built = Buffer.from(signedWire(wallet, [memo('x'.repeat(900))]), 'base64').length;
    const longest = 900 + 1_232 - built;
    expect(Buffer.from(signedWire(wallet, [memo('x'.repeat(longest))]), 'base64')).toHaveLength(1_232);
    expect(() => signedWire(wallet, [memo('x'.repeat(longest + 1))])).toThrow(/1233 bytes/);
  });

  it('that need another signer are not built', () => {
    expect(() => signedWire(wallet, [transferLamports(OTHER, wallet.address, 1n)])).toThrow(/signer/);
  });

  it('are not read from anything else', () => {
    expect(() => decodeIntent('AAAA' as ReturnType<typeof signedWire>)).toThrow(/not a transaction/);
    const unsigned = compileUnsigned({
      payer: wallet.address,
      blockhash: BLOCKHASH,
      lastValidBlockHeight: 1n,
      instructions: [],
      computeUnitLimit: 1,
      computeUnitPriceMicroLamports: 0n,
    });
    expect(() => assembleWire(unsigned, new Uint8Array(63))).toThrow(/64 bytes/);
  });
});

describe('derived addresses', () => {
  it('are those that kit and the token client find', async () => {
    const seeds = [addressToBytes(wallet.address), Buffer.from('pool')];
    const [expected, bump] = await getProgramDerivedAddress({ programAddress: TOKEN_PROGRAM, seeds });
    expect(findProgramAddress(seeds, TOKEN_PROGRAM)).toEqual({ address: expected, bump });
    const [associated] = await findAssociatedTokenPda({
      owner: wallet.address,
      mint: USDC,
      tokenProgram: TOKEN_PROGRAM,
    });
    expect(associatedTokenAddress(wallet.address, USDC, TOKEN_PROGRAM)).toBe(associated);
    const instruction = createAssociatedTokenIdempotent({
      payer: wallet.address,
      owner: OTHER,
      mint: NATIVE_MINT,
      tokenProgram: TOKEN_PROGRAM,
    });
    expect(instruction.accounts![1]!.address).toBe(associatedTokenAddress(OTHER, NATIVE_MINT, TOKEN_PROGRAM));
  });

  it('take seeds of at most 32 bytes', () => {
    expect(() => seededAddress(wallet.address, 'é'.repeat(16), TOKEN_PROGRAM)).not.toThrow();
    expect(() => seededAddress(wallet.address, 'é'.repeat(17), TOKEN_PROGRAM)).toThrow(RangeError);
  });
});
