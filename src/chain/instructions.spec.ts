import { getAddMemoInstruction } from '@solana-program/memo';
import { getCreateAccountWithSeedInstruction, getTransferSolInstruction } from '@solana-program/system';
import {
  findAssociatedTokenPda,
  getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeAccount3Instruction,
  getSyncNativeInstruction,
  getTransferCheckedInstruction,
} from '@solana-program/token';
import { createAddressWithSeed, createNoopSigner, type Instruction } from '@solana/kit';
import { address } from '../kernel/address.js';
import { DEFAULT_TOKENS, NATIVE_MINT, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../kernel/tokens/listed-tokens.js';
import { associatedTokenAddress, seededAddress } from './derived-address.js';
import {
  closeAccount,
  createAccountWithSeed,
  createAssociatedTokenIdempotent,
  initializeAccount3,
  memo,
  syncNative,
  transferChecked,
  transferLamports,
} from './instructions.js';
import { MEMO_PROGRAM, SYSTEM_PROGRAM } from './programs.js';

const WALLET = address('GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL');
const OTHER = address('5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1');
const USDC = DEFAULT_TOKENS[1]!.mint;
const signer = createNoopSigner(WALLET);

/** What of an instruction reaches the chain; a signer of ours adds a role, not an object. */
function plain(instruction: Instruction) {
  return {
    programAddress: instruction.programAddress,
    accounts: (instruction.accounts ?? []).map(({ address: at, role }) => ({ address: at, role })),
    data: Buffer.from(instruction.data ?? []).toString('hex'),
  };
}

describe('hand-written instructions are those of the generated builders', () => {
  it('createAssociatedTokenIdempotent', async () => {
    const ours = createAssociatedTokenIdempotent({
      payer: WALLET,
      owner: OTHER,
      mint: USDC,
      tokenProgram: TOKEN_PROGRAM,
    });
    const theirs = await getCreateAssociatedTokenIdempotentInstructionAsync({
      payer: signer,
      owner: OTHER,
      mint: USDC,
    });
    expect(plain(ours)).toEqual(plain(theirs));
  });

  it('createAccountWithSeed', async () => {
    const seed = '0198c0de7a3f7c118b523f1f6a0d9e/1';
    const newAccount = seededAddress(WALLET, seed, TOKEN_PROGRAM);
    expect(newAccount).toBe(await createAddressWithSeed({ baseAddress: WALLET, seed, programAddress: TOKEN_PROGRAM }));
    const amount = 2_039_280n;
    const ours = createAccountWithSeed({
      payer: WALLET,
      newAccount,
      seed,
      lamports: amount,
      space: 165,
      owner: TOKEN_PROGRAM,
    });
    const theirs = getCreateAccountWithSeedInstruction({
      payer: signer,
      newAccount,
      base: WALLET,
      seed,
      amount,
      space: 165,
      programAddress: TOKEN_PROGRAM,
    });
    // The generated builder repeats the base as an account; the program takes it from the payer when it is the same.
    expect(plain(ours).data).toBe(plain(theirs).data);
    expect(plain(ours).accounts).toEqual(plain(theirs).accounts.slice(0, 2));
    expect(ours.programAddress).toBe(SYSTEM_PROGRAM);
  });

  it('transferLamports', () => {
    const theirs = getTransferSolInstruction({ source: signer, destination: OTHER, amount: 5n });
    expect(plain(transferLamports(WALLET, OTHER, 5n))).toEqual(plain(theirs));
  });

  it('initializeAccount3', () => {
    const theirs = getInitializeAccount3Instruction({ account: OTHER, mint: NATIVE_MINT, owner: WALLET });
    expect(plain(initializeAccount3(OTHER, NATIVE_MINT, WALLET, TOKEN_PROGRAM))).toEqual(plain(theirs));
  });

  it('closeAccount', () => {
    const theirs = getCloseAccountInstruction({ account: OTHER, destination: WALLET, owner: signer });
    const ours = plain(closeAccount(OTHER, WALLET, WALLET, TOKEN_PROGRAM));
    expect(ours).toEqual(plain(theirs));
  });

  it('transferChecked', () => {
    const ours = transferChecked({
      source: OTHER,
      mint: USDC,
      destination: WALLET,
      authority: WALLET,
      amount: 7n,
      decimals: 6,
      tokenProgram: TOKEN_PROGRAM,
    });
    const theirs = getTransferCheckedInstruction({
      source: OTHER,
      mint: USDC,
      destination: WALLET,
      authority: signer,
      amount: 7n,
      decimals: 6,
    });
    expect(plain(ours)).toEqual(plain(theirs));
  });

  it('syncNative, with the one account that the program needs', () => {
    const theirs = plain(getSyncNativeInstruction({ account: OTHER }));
    const ours = plain(syncNative(OTHER, TOKEN_PROGRAM));
    expect({ ...ours, accounts: [] }).toEqual({ ...theirs, accounts: [] });
    expect(ours.accounts).toEqual(theirs.accounts.slice(0, 1));
  });

  it('memo', () => {
    expect(plain(memo('order/1'))).toEqual(
      plain(getAddMemoInstruction({ memo: 'order/1' }, { programAddress: MEMO_PROGRAM })),
    );
  });

  it.each([TOKEN_PROGRAM, TOKEN_2022_PROGRAM])('the associated token account under %s', async (tokenProgram) => {
    const [theirs] = await findAssociatedTokenPda({ owner: WALLET, mint: USDC, tokenProgram });
    expect(associatedTokenAddress(WALLET, USDC, tokenProgram)).toBe(theirs);
  });
});
