import { AccountRole, type Instruction } from '@solana/kit';
import { address } from '../../../kernel/address.js';
import { TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import {
  PaperSandbox,
  SOL,
  systemAccount,
  TestWallet,
  tokenAccount,
  USDC,
} from '../../../../test/support/paper-sandbox.js';
import { closeAccount, memo, transferLamports } from '../../instructions.js';
import { SYSTEM_PROGRAM } from '../../programs.js';
import type { PaperContext } from '../paper-program.js';
import { custom } from '../programs/program-error.js';

/** Real: the runtime and Solana's own paper programs. Fake: the ledger, a map; `PROBE`, a program made for each test. */
const PROBE = address('Probe11111111111111111111111111111111111111');
const OTHER = address('other11111111111111111111111111111111111111');

function probing(execute: (context: PaperContext) => void, computeUnits = 1_000) {
  const sandbox = new PaperSandbox();
  sandbox.programs.register({ programId: PROBE, computeUnits, execute });
  return sandbox;
}

function callProbe(...accounts: { address: ReturnType<typeof address>; role: AccountRole }[]): Instruction {
  return { programAddress: PROBE, accounts, data: new Uint8Array(0) };
}

describe('the fee', () => {
  it('is 5,000 lamports a signature and the priority fee rounded up', () => {
    const sandbox = new PaperSandbox();
    const options = { computeUnitLimit: 100_001, computeUnitPriceMicroLamports: 15n };
    expect(sandbox.run([memo('a')], options)).toMatchObject({ error: null, feeLamports: 5_002n });
    expect(sandbox.lamportsOf(sandbox.wallet.address)).toBe(10n * SOL - 5_002n);
  });

  it('is taken by a transaction that fails, and nothing else happens', () => {
    const sandbox = new PaperSandbox();
    const outcome = sandbox.run([
      transferLamports(sandbox.wallet.address, OTHER, SOL),
      closeAccount(USDC, OTHER, sandbox.wallet.address, TOKEN_PROGRAM),
    ]);
    expect(outcome).toMatchObject({ lands: true, error: { InstructionError: [3, 'InvalidAccountData'] } });
    expect(sandbox.lamportsOf(OTHER)).toBe(0n);
    expect(sandbox.lamportsOf(sandbox.wallet.address)).toBe(10n * SOL - 5_000n);
  });
});

describe('a transaction does not land', () => {
  it.each([
    ['under an unknown blockhash', 'BlockhashNotFound', { blockhash: '4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi' }],
    ['when its payer cannot pay the fee', 'InsufficientFundsForFee', { computeUnitPriceMicroLamports: 10n ** 12n }],
  ] as const)('%s', (_, error, options) => {
    expect(new PaperSandbox().run([memo('a')], options)).toMatchObject({ lands: false, error });
  });

  it('a second time', () => {
    const sandbox = new PaperSandbox();
    expect(sandbox.run([memo('once')]).error).toBeNull();
    expect(sandbox.run([memo('once')])).toMatchObject({ lands: false, error: 'AlreadyProcessed' });
  });

  it('when its payer does not exist', () => {
    const sandbox = new PaperSandbox();
    sandbox.accounts.delete(sandbox.wallet.address);
    expect(sandbox.run([memo('a')])).toMatchObject({ lands: false, error: 'AccountNotFound' });
  });

  it('when its payer belongs to a program', () => {
    const sandbox = new PaperSandbox();
    sandbox.add(tokenAccount(sandbox.wallet.address, USDC, OTHER, 0n));
    expect(sandbox.run([memo('a')])).toMatchObject({ lands: false, error: 'InvalidAccountForFee' });
  });

  it('when the fee would leave its payer below the rent minimum', () => {
    const sandbox = new PaperSandbox();
    sandbox.add(systemAccount(sandbox.wallet.address, 890_880n + 4_999n));
    const error = { InsufficientFundsForRent: { account_index: 0 } };
    expect(sandbox.run([memo('a')])).toMatchObject({ lands: false, error });
  });

  it('when it calls a program that does not exist', () => {
    expect(new PaperSandbox().run([callProbe()])).toMatchObject({ lands: false, error: 'ProgramAccountNotFound' });
  });

  it('when it sets the same compute budget twice', () => {
    const again = {
      programAddress: address('ComputeBudget111111111111111111111111111111'),
      data: Uint8Array.of(2, 1, 0, 0, 0),
    };
    expect(new PaperSandbox().run([again])).toMatchObject({ lands: false, error: { DuplicateInstruction: 2 } });
  });
});

describe('a program fails', () => {
  const failing = (name: string) => ({ lands: true, error: { InstructionError: [2, name] } });

  it('with its own number, which the log shows in hexadecimal', () => {
    const sandbox = probing(() => {
      throw custom(6_005, 'too little');
    });
    const outcome = sandbox.run([callProbe()]);
    expect(outcome.error).toEqual({ InstructionError: [2, { Custom: 6_005 }] });
    expect(outcome.logs.slice(-2)).toEqual([
      `Program ${PROBE} invoke [1]`,
      `Program ${PROBE} failed: custom program error: 0x1775`,
    ]);
  });

  it('when it reads past the end of its data', () => {
    const sandbox = probing((context) => void new DataView(context.data.buffer).getUint8(1_000_000));
    expect(sandbox.run([callProbe()])).toMatchObject(failing('ProgramFailedToComplete'));
  });

  it('when it exceeds the compute limit, having consumed all of it', () => {
    const sandbox = probing(() => undefined, 1_000);
    const options = { computeUnitLimit: 1_299 };
    expect(sandbox.run([callProbe()], options)).toMatchObject({
      ...failing('ComputationalBudgetExceeded'),
      unitsConsumed: 1_299,
    });
    expect(sandbox.run([callProbe()], { computeUnitLimit: 1_300 })).toMatchObject({
      error: null,
      unitsConsumed: 1_300,
    });
  });

  it('when it writes to a read-only account', () => {
    const sandbox = probing((context) => context.setData(OTHER, new Uint8Array(8)));
    sandbox.add({ ...systemAccount(OTHER, SOL), owner: PROBE });
    expect(sandbox.run([callProbe({ address: OTHER, role: AccountRole.READONLY })])).toMatchObject(
      failing('ReadonlyDataModified'),
    );
    expect(sandbox.run([callProbe({ address: OTHER, role: AccountRole.WRITABLE })])).toMatchObject({ error: null });
  });

  it.each([
    ['ExternalAccountDataModified', { data: new Uint8Array(1) }],
    ['ExternalAccountLamportSpend', { lamports: SOL - 1n }],
    ['ModifiedProgramId', { owner: PROBE }],
  ])('with %s when it changes what belongs to another program', (name, change) => {
    const sandbox = probing((context) => context.put({ ...systemAccount(OTHER, SOL), ...change }));
    sandbox.add(systemAccount(OTHER, SOL));
    expect(sandbox.run([callProbe({ address: OTHER, role: AccountRole.WRITABLE })])).toMatchObject(failing(name));
  });

  it('when it makes lamports', () => {
    const sandbox = probing((context) => context.put(systemAccount(OTHER, 2n * SOL)));
    sandbox.add(systemAccount(OTHER, SOL));
    expect(sandbox.run([callProbe({ address: OTHER, role: AccountRole.WRITABLE })])).toMatchObject(
      failing('UnbalancedInstruction'),
    );
  });

  it('when it looks at an account that it was not given', () => {
    const sandbox = probing((context) => void context.account(OTHER));
    expect(sandbox.run([callProbe()])).toMatchObject(failing('MissingAccount'));
  });

  it('when it lets another program sign for somebody who did not', () => {
    const thief = new TestWallet();
    const sandbox = probing((context) => {
      const from = { address: OTHER, isSigner: true, isWritable: true };
      const to = { address: thief.address, isSigner: false, isWritable: true };
      const { data = new Uint8Array(0) } = transferLamports(OTHER, thief.address, SOL);
      context.invoke({ programId: SYSTEM_PROGRAM, accounts: [from, to], data: new Uint8Array(data) });
    });
    sandbox.add(systemAccount(OTHER, 5n * SOL));
    const instruction = callProbe(
      { address: OTHER, role: AccountRole.WRITABLE },
      { address: thief.address, role: AccountRole.WRITABLE },
    );
    const outcome = sandbox.run([instruction]);
    expect(outcome).toMatchObject(failing('PrivilegeEscalation'));
    expect(outcome.logs).toContain(`${OTHER}'s signer privilege escalated`);
    expect(sandbox.lamportsOf(thief.address)).toBe(0n);
  });

  it('when it calls itself deeper than four levels', () => {
    const sandbox = probing((context) => context.invoke({ programId: PROBE, accounts: [], data: new Uint8Array(0) }));
    expect(sandbox.run([callProbe()])).toMatchObject(failing('CallDepth'));
  });
});

describe('rent', () => {
  it('refuses a transfer that leaves a new account below the minimum', () => {
    const sandbox = new PaperSandbox();
    const outcome = sandbox.run([transferLamports(sandbox.wallet.address, OTHER, 890_879n)]);
    expect(outcome).toMatchObject({ lands: true, error: { InsufficientFundsForRent: { account_index: 1 } } });
    expect(sandbox.run([transferLamports(sandbox.wallet.address, OTHER, 890_880n)]).error).toBeNull();
  });

  it('lets an account be emptied, which then is gone', () => {
    const sandbox = new PaperSandbox();
    sandbox.run([transferLamports(sandbox.wallet.address, OTHER, 10n * SOL - 5_000n)]);
    expect(sandbox.accounts.has(sandbox.wallet.address)).toBe(false);
    expect(sandbox.lamportsOf(OTHER)).toBe(10n * SOL - 5_000n);
  });
});
