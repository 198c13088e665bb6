import { isSignerRole, isWritableRole } from '@solana/kit';
import { type Address, addressFromBytes } from '../../src/kernel/address.js';
import { TOKEN_PROGRAM } from '../../src/kernel/tokens/listed-tokens.js';
import type { Account, ChainTime } from '../../src/chain/account.js';
import { type PaperAccountMeta, PaperProgramError } from '../../src/chain/paper/paper-program.js';
import { PaperPrograms } from '../../src/chain/paper/paper-programs.js';
import { mintData, readTokenAccount, tokenAccountData } from '../../src/chain/paper/programs/token/token-state.js';
import { type Execution, runInstruction } from '../../src/chain/paper/runtime/execution.js';
import { Overlay } from '../../src/chain/paper/runtime/overlay.js';
import type { Pool, QuoteResult } from '../../src/dex/domain/pool.js';
import type { SwapMode, SwapOrder } from '../../src/dex/domain/swap.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import type { PaperVenue } from '../../src/dex/venues/paper-venue.js';
import { PAPER_VENUES } from '../../src/dex/venues/supported-venues.js';
import type { VectorFile } from '../../src/dex/vectors/vector-file.js';
import { decoded } from './recorded-pools.js';

/** When fresh pools are traded on. */
export const TIME: ChainTime = { slot: 1_000n, unixTimestamp: 1_780_000_000n, epoch: 972n };
/** What each of the wallet's token accounts starts with. */
export const PLENTY = 1n << 62n;

const programs = new PaperPrograms();
for (const { paperProgram } of PAPER_VENUES) programs.register(paperProgram);

export const filled = (byte: number) => addressFromBytes(new Uint8Array(32).fill(byte));
export const OWNER = filled(200);
/** The wallet's two token accounts, in the pool's order of mints. */
const WALLET = [filled(210), filled(211)] as const;

/** The accounts of one pool and of a made-up wallet, on which swaps are carried out by the paper programs. */
export interface World {
  readonly venue: Venue;
  readonly pool: Address;
  readonly accounts: Map<Address, Account>;
  readonly time: ChainTime;
  /** Of every swap that was tried on it. */
  readonly logs: string[];
}

export interface Ask {
  readonly swapMode: SwapMode;
  /** From the pool's first token to its second. */
  readonly forward: boolean;
  readonly amount: bigint;
  readonly otherAmountThreshold?: bigint;
}

export function accountOf(address: Address, owner: Address, data: Uint8Array): Account {
  return { address, owner, lamports: 1n << 40n, data };
}

export function withWallet(venue: Venue, file: Pick<VectorFile, 'pool' | 'accounts' | 'time'>): World {
  const accounts = new Map(file.accounts);
  decoded(venue, file).mints.forEach((mint, i) => {
    const tokenProgram = accounts.get(mint)!.owner;
    const data = tokenAccountData({ mint, owner: OWNER, amount: PLENTY });
    accounts.set(WALLET[i]!, accountOf(WALLET[i]!, tokenProgram, data));
  });
  return { venue, pool: file.pool, accounts, time: file.time, logs: [] };
}

/** A pool as the paper program makes it, of two tokens at a price of 150. */
export function freshPool(paper: PaperVenue, venue: Venue): World {
  const tokens = [
    { mint: filled(1), decimals: 9, tokenProgram: TOKEN_PROGRAM, reserve: 5_000_000_000_000n },
    { mint: filled(2), decimals: 6, tokenProgram: TOKEN_PROGRAM, reserve: 750_000_000_000n },
  ] as const;
  const roles = new Map<string, Address>();
  const addressOf = (role: string) => {
    if (!roles.has(role)) roles.set(role, filled(10 + roles.size));
    return roles.get(role)!;
  };
  const made = paper.genesis({ tokens, feeBps: 25, addressOf });
  const mints = tokens.map((t) => accountOf(t.mint, TOKEN_PROGRAM, mintData({ decimals: t.decimals, supply: PLENTY })));
  const accounts = new Map([...made, ...mints].map((account) => [account.address, account]));
  return withWallet(venue, { pool: made[0]!.address, accounts, time: TIME });
}

export const poolOf = (world: World): Pool => decoded(world.venue, world);

export const walletAccounts = ({ forward }: Pick<Ask, 'forward'>): readonly [input: Address, output: Address] =>
  forward ? WALLET : [WALLET[1], WALLET[0]];

export const balance = (world: World, account: Address) => readTokenAccount(world.accounts.get(account)!.data).amount;

export function quoteOf(world: World, { swapMode, forward, amount }: Ask): QuoteResult {
  const pool = poolOf(world);
  return pool.quote({ swapMode, inputMint: pool.mints[forward ? 0 : 1], amount }, world.time);
}

function orderOf(world: World, ask: Ask): SwapOrder {
  const [first, second] = poolOf(world).mints;
  const [inputAccount, outputAccount] = walletAccounts(ask);
  const quote = quoteOf(world, ask);
  return {
    swapMode: ask.swapMode,
    inputMint: ask.forward ? first : second,
    outputMint: ask.forward ? second : first,
    amount: ask.amount,
    otherAmountThreshold: ask.otherAmountThreshold ?? (ask.swapMode === 'ExactIn' ? 1n : PLENTY),
    owner: OWNER,
    inputAccount,
    outputAccount,
    ...(quote.ok && quote.path !== undefined ? { path: quote.path } : {}),
  };
}

/** Carries the swap out; on success the world has the new accounts. `edit` changes the metas first. */
export function swap(
  world: World,
  ask: Ask,
  edit: (metas: PaperAccountMeta[]) => PaperAccountMeta[] = (metas) => metas,
): Execution {
  const instruction = world.venue.swapInstruction(poolOf(world), orderOf(world, ask));
  const metas = edit(
    (instruction.accounts ?? []).map(({ address, role }) => ({
      address,
      isSigner: isSignerRole(role),
      isWritable: isWritableRole(role),
    })),
  );
  const overlay = new Overlay((address) => world.accounts.get(address));
  const execution = {
    time: world.time,
    overlay,
    programs,
    logs: world.logs,
    unitLimit: 1_400_000,
    unitsConsumed: 0,
  };
  runInstruction(
    execution,
    { programId: instruction.programAddress, accounts: metas, data: Uint8Array.from(instruction.data ?? []) },
    metas,
    1,
  );
  for (const [address, account] of overlay.changes) world.accounts.set(address, account!);
  return execution;
}

/** What left and what reached the wallet by a swap that goes through. */
export function moved(world: World, ask: Ask): { readonly inAmount: bigint; readonly outAmount: bigint } {
  const [input, output] = walletAccounts(ask);
  const before = [balance(world, input), balance(world, output)] as const;
  swap(world, ask);
  return { inAmount: before[0] - balance(world, input), outAmount: balance(world, output) - before[1] };
}

/** The error that a program ends with, or null when it goes through. */
export function errorOf(run: () => void): unknown {
  try {
    run();
  } catch (fault) {
    if (fault instanceof PaperProgramError) return fault.error;
    throw fault;
  }
  return null;
}
