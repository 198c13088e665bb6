import { AccountRole, type Instruction } from '@solana/kit';
import fc from 'fast-check';
import { address, type Address } from '../../../kernel/address.js';
import { ByteWriter } from '../../../kernel/bytes.js';
import { NATIVE_MINT, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import {
  mintAccount,
  PaperSandbox,
  SOL,
  systemAccount,
  TestWallet,
  tokenAccount,
  USDC,
} from '../../../../test/support/paper-sandbox.js';
import { associatedTokenAddress, seededAddress } from '../../derived-address.js';
import {
  closeAccount,
  createAccountWithSeed,
  createAssociatedTokenIdempotent,
  initializeAccount3,
  memo,
  syncNative,
  transferChecked,
  transferLamports,
} from '../../instructions.js';
import { MEMO_PROGRAM, rentExemptMinimum, TOKEN_ACCOUNT_SIZE } from '../../programs.js';
import { TokenError } from './token/token-error.js';
import { readTokenAccount } from './token/token-state.js';

/** Real: the runtime and Solana's own paper programs. Fake: the ledger, a map. */
const ALICE = address('A1ice11111111111111111111111111111111111111');
const BOB = address('Bob1111111111111111111111111111111111111111');
const RENT = rentExemptMinimum(TOKEN_ACCOUNT_SIZE);

/** The compute budget's two instructions come first. */
const failsWith = (index: number, custom: number) => ({ error: { InstructionError: [index + 2, { Custom: custom }] } });
const failsNamed = (index: number, name: string) => ({ error: { InstructionError: [index + 2, name] } });

function amountOf(sandbox: PaperSandbox, of: Address): bigint {
  return readTokenAccount(sandbox.accounts.get(of)!.data).amount;
}

function wrapping(
  sandbox: PaperSandbox,
  seed: string,
  lamports: bigint,
): { account: Address; instructions: Instruction[] } {
  const owner = sandbox.wallet.address;
  const account = seededAddress(owner, seed, TOKEN_PROGRAM);
  return {
    account,
    instructions: [
      createAccountWithSeed({
        payer: owner,
        newAccount: account,
        seed,
        lamports: RENT + lamports,
        space: TOKEN_ACCOUNT_SIZE,
        owner: TOKEN_PROGRAM,
      }),
      initializeAccount3(account, NATIVE_MINT, owner, TOKEN_PROGRAM),
    ],
  };
}

describe('wrapped SOL', () => {
  it('is worth the lamports that a temporary account holds beyond rent', () => {
    const sandbox = new PaperSandbox();
    const { account, instructions } = wrapping(sandbox, '0198c0de-1', 3n * SOL);
    expect(sandbox.run(instructions).error).toBeNull();
    expect(amountOf(sandbox, account)).toBe(3n * SOL);
    expect(sandbox.lamportsOf(account)).toBe(RENT + 3n * SOL);
  });

  it('returns to the owner, rent included, when its account is closed in the same transaction', () => {
    const sandbox = new PaperSandbox();
    const owner = sandbox.wallet.address;
    const { account, instructions } = wrapping(sandbox, 'x', SOL);
    expect(sandbox.run([...instructions, closeAccount(account, owner, owner, TOKEN_PROGRAM)]).error).toBeNull();
    expect(sandbox.accounts.has(account)).toBe(false);
    expect(sandbox.lamportsOf(owner)).toBe(10n * SOL - 5_000n);
  });

  it('moves its lamports along with every transfer, whatever the amounts', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, SOL), fc.bigInt(0n, 2n * SOL), (wrapped, moved) => {
        const sandbox = new PaperSandbox();
        const owner = sandbox.wallet.address;
        const from = wrapping(sandbox, 'from', wrapped);
        const to = wrapping(sandbox, 'to', 0n);
        expect(sandbox.run([...from.instructions, ...to.instructions]).error).toBeNull();
        const outcome = sandbox.run([
          transferChecked({
            source: from.account,
            mint: NATIVE_MINT,
            destination: to.account,
            authority: owner,
            amount: moved,
            decimals: 9,
            tokenProgram: TOKEN_PROGRAM,
          }),
        ]);
        if (moved > wrapped) expect(outcome).toMatchObject(failsWith(0, TokenError.InsufficientFunds));
        else expect(sandbox.lamportsOf(to.account)).toBe(RENT + moved);
        for (const account of [from.account, to.account]) {
          expect(sandbox.lamportsOf(account)).toBe(RENT + amountOf(sandbox, account));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('follows a plain transfer of lamports once it is synced', () => {
    const sandbox = new PaperSandbox();
    const { account, instructions } = wrapping(sandbox, 'x', 0n);
    sandbox.run([...instructions, transferLamports(sandbox.wallet.address, account, 7n)]);
    expect(amountOf(sandbox, account)).toBe(0n);
    sandbox.run([syncNative(account, TOKEN_PROGRAM)]);
    expect(amountOf(sandbox, account)).toBe(7n);
  });
});

describe('create account with seed', () => {
  it('refuses an address that its seed does not lead to', () => {
    const sandbox = new PaperSandbox();
    const owner = sandbox.wallet.address;
    const newAccount = seededAddress(owner, 'one', TOKEN_PROGRAM);
    const input = { payer: owner, newAccount, seed: 'two', lamports: RENT, space: 165, owner: TOKEN_PROGRAM };
    expect(sandbox.run([createAccountWithSeed(input)])).toMatchObject(failsWith(0, 5));
  });

  it('refuses an address in use', () => {
    const sandbox = new PaperSandbox();
    const { account, instructions } = wrapping(sandbox, 'x', 0n);
    sandbox.add(systemAccount(account, SOL));
    expect(sandbox.run(instructions)).toMatchObject(failsWith(0, 0));
  });

  it('refuses a payer with too little', () => {
    const sandbox = new PaperSandbox();
    expect(sandbox.run(wrapping(sandbox, 'x', 10n * SOL).instructions)).toMatchObject(failsWith(0, 1));
  });
});

describe('associated token accounts', () => {
  const create = (sandbox: PaperSandbox, mint: Address, tokenProgram: Address = TOKEN_PROGRAM) =>
    createAssociatedTokenIdempotent({ payer: sandbox.wallet.address, owner: ALICE, mint, tokenProgram });

  it('are made once and left alone afterwards', () => {
    const sandbox = new PaperSandbox();
    const account = associatedTokenAddress(ALICE, USDC, TOKEN_PROGRAM);
    expect(sandbox.run([create(sandbox, USDC)]).error).toBeNull();
    expect(readTokenAccount(sandbox.accounts.get(account)!.data)).toMatchObject({
      owner: ALICE,
      mint: USDC,
      amount: 0n,
    });
    expect(sandbox.lamportsOf(account)).toBe(RENT);
    expect(sandbox.run([create(sandbox, USDC), memo('again')]).error).toBeNull();
    expect(sandbox.lamportsOf(sandbox.wallet.address)).toBe(10n * SOL - RENT - 10_000n);
  });

  it('are made where somebody has sent lamports already', () => {
    const sandbox = new PaperSandbox();
    const account = associatedTokenAddress(ALICE, USDC, TOKEN_PROGRAM);
    sandbox.add(systemAccount(account, RENT - 1n));
    expect(sandbox.run([create(sandbox, USDC)]).error).toBeNull();
    expect(sandbox.lamportsOf(account)).toBe(RENT);
  });

  it('are refused at any other address', () => {
    const sandbox = new PaperSandbox();
    const { accounts = [], ...rest } = create(sandbox, USDC);
    const elsewhere = accounts.map((meta, i) => (i === 1 ? { ...meta, address: BOB } : meta));
    expect(sandbox.run([{ ...rest, accounts: elsewhere }])).toMatchObject(failsNamed(0, 'InvalidSeeds'));
  });

  it('of Token-2022 have an immutable owner and room for withheld fees', () => {
    const sandbox = new PaperSandbox();
    const plain = address('P1ain11111111111111111111111111111111111111');
    const taxed = address('Taxed11111111111111111111111111111111111111');
    sandbox.add(mintAccount(plain, 6, TOKEN_2022_PROGRAM), taxedMint(taxed));
    expect(
      sandbox.run([create(sandbox, plain, TOKEN_2022_PROGRAM), create(sandbox, taxed, TOKEN_2022_PROGRAM)]).error,
    ).toBeNull();
    const size = (mint: Address) =>
      sandbox.accounts.get(associatedTokenAddress(ALICE, mint, TOKEN_2022_PROGRAM))!.data.length;
    expect([size(plain), size(taxed)]).toEqual([170, 182]);
  });
});

/** A Token-2022 mint that takes 1%, rounded up, at most 5,000 base units. */
function taxedMint(of: Address) {
  const plain = mintAccount(of, 6, TOKEN_2022_PROGRAM);
  const data = new Uint8Array(166 + 4 + 108);
  data.set(plain.data);
  const writer = new ByteWriter(data).u8(165, 1).u16(166, 1).u16(168, 108);
  for (const fee of [170 + 72, 170 + 90]) writer.u64(fee + 8, 5_000n).u16(fee + 16, 100);
  return { ...plain, lamports: rentExemptMinimum(data.length), data };
}

describe('token transfers', () => {
  function holding(amount: bigint) {
    const sandbox = new PaperSandbox();
    const owner = sandbox.wallet.address;
    sandbox.add(tokenAccount(ALICE, USDC, owner, amount), tokenAccount(BOB, USDC, owner, 0n));
    const transfer = (change: Partial<Parameters<typeof transferChecked>[0]> = {}) =>
      transferChecked({
        source: ALICE,
        mint: USDC,
        destination: BOB,
        authority: owner,
        amount: 10n,
        decimals: 6,
        tokenProgram: TOKEN_PROGRAM,
        ...change,
      });
    return { sandbox, owner, transfer };
  }

  it('move exactly the amount', () => {
    const { sandbox, transfer } = holding(25n);
    expect(sandbox.run([transfer()]).error).toBeNull();
    expect([amountOf(sandbox, ALICE), amountOf(sandbox, BOB)]).toEqual([15n, 10n]);
  });

  it('fail with the numbers of spl-token', () => {
    const { sandbox, owner, transfer } = holding(25n);
    const foreign = address('Forejgn111111111111111111111111111111111111');
    sandbox.add(tokenAccount(foreign, NATIVE_MINT, owner, 0n));
    expect(sandbox.run([transfer({ amount: 26n })])).toMatchObject(failsWith(0, TokenError.InsufficientFunds));
    expect(sandbox.run([transfer({ decimals: 9 })])).toMatchObject(failsWith(0, TokenError.MintDecimalsMismatch));
    expect(sandbox.run([transfer({ destination: foreign })])).toMatchObject(failsWith(0, TokenError.MintMismatch));
    sandbox.add(tokenAccount(ALICE, USDC, BOB, 25n));
    expect(sandbox.run([transfer()])).toMatchObject(failsWith(0, TokenError.OwnerMismatch));
  });

  it('need the owner to sign', () => {
    const { sandbox, transfer } = holding(25n);
    const owner = new TestWallet().address;
    sandbox.add(tokenAccount(ALICE, USDC, owner, 25n));
    const { accounts = [], ...rest } = transfer({ authority: owner });
    const unsigned = accounts.map((meta) => (meta.address === owner ? { ...meta, role: AccountRole.READONLY } : meta));
    expect(sandbox.run([{ ...rest, accounts: unsigned }])).toMatchObject(failsNamed(0, 'MissingRequiredSignature'));
  });

  it('of a taxed token leave the fee withheld in the receiving account', () => {
    const sandbox = new PaperSandbox();
    const owner = sandbox.wallet.address;
    const mint = address('Taxed11111111111111111111111111111111111111');
    sandbox.add(taxedMint(mint));
    const account = associatedTokenAddress(owner, mint, TOKEN_2022_PROGRAM);
    const other = associatedTokenAddress(ALICE, mint, TOKEN_2022_PROGRAM);
    for (const holder of [owner, ALICE]) {
      sandbox.run([
        createAssociatedTokenIdempotent({ payer: owner, owner: holder, mint, tokenProgram: TOKEN_2022_PROGRAM }),
      ]);
    }
    const funded = sandbox.accounts.get(account)!;
    sandbox.add({ ...funded, data: new ByteWriter(Uint8Array.from(funded.data)).u64(64, 1_000_000n).bytes });
    const send = (amount: bigint) =>
      transferChecked({
        source: account,
        mint,
        destination: other,
        authority: owner,
        amount,
        decimals: 6,
        tokenProgram: TOKEN_2022_PROGRAM,
      });
    expect(sandbox.run([send(101n)]).error).toBeNull();
    expect(amountOf(sandbox, other)).toBe(99n);
    expect(sandbox.run([send(999_000n)])).toMatchObject({ error: null });
    expect(amountOf(sandbox, other)).toBe(99n + 994_000n);
    expect(new DataView(sandbox.accounts.get(other)!.data.buffer).getBigUint64(170, true)).toBe(5_002n);
  });

  it('refuse to close an account that still holds tokens', () => {
    const { sandbox, owner } = holding(1n);
    expect(sandbox.run([closeAccount(ALICE, owner, owner, TOKEN_PROGRAM)])).toMatchObject(
      failsWith(0, TokenError.NonNativeHasBalance),
    );
    expect(sandbox.run([closeAccount(BOB, owner, owner, TOKEN_PROGRAM)]).error).toBeNull();
  });

  it('refuse to initialize an account twice', () => {
    const { sandbox, owner } = holding(1n);
    expect(sandbox.run([initializeAccount3(ALICE, USDC, owner, TOKEN_PROGRAM)])).toMatchObject(
      failsWith(0, TokenError.AlreadyInUse),
    );
  });
});

describe('memos', () => {
  it('show in the logs', () => {
    expect(new PaperSandbox().run([memo('0198c0de/1')]).logs).toContain('Program log: Memo (len 10): "0198c0de/1"');
  });

  it('have to be valid UTF-8', () => {
    const instruction = { programAddress: MEMO_PROGRAM, data: Uint8Array.of(0xff) };
    expect(new PaperSandbox().run([instruction])).toMatchObject(failsNamed(0, 'InvalidInstructionData'));
  });
});
