import { AccountRole, type Instruction } from '@solana/kit';
import fc from 'fast-check';
import type { Address } from '../kernel/address.js';
import { numberedAddress } from '../../test/support/curve-pool.js';
import { BLOCKHASH, TestWallet } from '../../test/support/paper-sandbox.js';
import { footprintOf } from './footprint.js';
import type { LookupTableAddresses } from './lookup-table.js';
import { decodeWire } from './message.js';
import { compileUnsigned, decodeIntent, MAX_TRANSACTION_BYTES, unsignedWire } from './transaction.js';

/** Real: everything; kit's compiler serves as the second opinion. */
const wallet = new TestWallet();
const known = fc.integer({ min: 0, max: 60 }).map(numberedAddress);
const programs = fc.integer({ min: 150, max: 155 }).map(numberedAddress);
/** Programs are never writable, and may be accounts, too. */
const account = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ address: known, role: fc.constantFrom(AccountRole.READONLY, AccountRole.WRITABLE) }),
  },
  { weight: 1, arbitrary: fc.record({ address: programs, role: fc.constant(AccountRole.READONLY) }) },
);
const instructions = fc.array(
  fc.record<Instruction>({
    programAddress: programs,
    accounts: fc.array(account, { maxLength: 40 }),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  { minLength: 1, maxLength: 6 },
);
const tables = fc
  .uniqueArray(fc.uniqueArray(known, { maxLength: 40 }), { maxLength: 3 })
  .map((lists) => Object.fromEntries(lists.map((list, i) => [numberedAddress(100 + i), list])) as LookupTableAddresses);

function compiled(list: readonly Instruction[], lookupTables: LookupTableAddresses) {
  const message = compileUnsigned({
    payer: wallet.address,
    blockhash: BLOCKHASH,
    lastValidBlockHeight: 0n,
    instructions: list,
    computeUnitLimit: 1,
    computeUnitPriceMicroLamports: 1n,
    lookupTables,
  });
  return unsignedWire(message);
}

describe('the footprint of a transaction', () => {
  it('is what compiling it takes, to the byte, with tables used only when they are needed', () => {
    fc.assert(
      fc.property(instructions, tables, (list, lookupTables) => {
        const plain = footprintOf(wallet.address, list);
        const short = footprintOf(wallet.address, list, lookupTables);
        expect(short.accounts).toBe(plain.accounts);
        const expected = plain.bytes <= MAX_TRANSACTION_BYTES ? plain.bytes : short.bytes;
        if (expected > MAX_TRANSACTION_BYTES) {
          expect(() => compiled(list, lookupTables)).toThrow(`${expected} bytes`);
          return;
        }
        const wire = compiled(list, lookupTables);
        expect(Buffer.from(wire, 'base64')).toHaveLength(expected);
        const { message } = decodeWire(Buffer.from(wire, 'base64'));
        const loaded = message.lookups.flatMap((each) => [...each.writableIndexes, ...each.readonlyIndexes]).length;
        expect(message.accounts.length + loaded).toBe(plain.accounts);
        expect(message.lookups.length > 0).toBe(plain.bytes > MAX_TRANSACTION_BYTES);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out of the message what a table has, and the bytes still say everything', () => {
    const accounts = Array.from({ length: 40 }, (_, i) => ({
      address: numberedAddress(i),
      role: AccountRole.WRITABLE,
    }));
    const list = [{ programAddress: numberedAddress(200), accounts, data: Uint8Array.of(1) }];
    const table = { [numberedAddress(101)]: accounts.map(({ address }) => address) } as LookupTableAddresses;
    expect(() => compiled(list, {})).toThrow('bytes');
    const wire = compiled(list, table);
    const said = decodeIntent(wire, table).instructions.at(-1);
    expect(said?.accounts?.map(({ address }: { readonly address: Address }) => address)).toEqual(
      accounts.map(({ address }) => address),
    );
    expect(() => decodeIntent(wire)).toThrow('not a transaction');
  });
});
