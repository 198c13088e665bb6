import { type Address, addressFromBytes } from '../../../kernel/address.js';
import { ByteReader } from '../../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account } from '../../../chain/account.js';
import type { PaperContext } from '../../../chain/paper/paper-program.js';
import { readMintDecimals } from '../../../chain/paper/programs/token/token-state.js';
import { MEMO_PROGRAM } from '../../../chain/programs.js';
import { type PoolRefusal, type RefusalReason, refuse } from '../../domain/pool.js';
import type { SwapMode } from '../../domain/swap.js';
import { AnchorAccounts, AnchorError, moveTokens, refusedWith } from '../anchor-accounts.js';
import type { PaperVenue } from '../paper-venue.js';
import {
  DLMM_EVENT_AUTHORITY,
  DLMM_PROGRAM,
  SWAP2,
  SWAP_DATA_SIZE,
  SWAP_EXACT_OUT2,
  tokenProgramOf,
} from './instructions.js';
import { arrayIndexOf, BinArray, BINS_PER_ARRAY, decodeBin, writeBin } from './layout/bin-array.js';
import { decodeDlmmKeys, encodeLbPair, isLbPair } from './layout/lb-pair.js';
import { binAfterSwap, pairAfterSwap } from './math/after-swap.js';
import type { DlmmPool } from './math/pool.js';
import { type DlmmSwap, swapExactIn, swapExactOut } from './math/swap.js';
import { type BinArrays, type DlmmSide, type ReadBinArray, UNRECONCILED, type UsedBin } from './math/walk.js';
import { drift } from './paper-drift.js';
import { genesis } from './paper-genesis.js';
import { readDlmmPool } from './read-pool.js';

/** Numbers of lb_clmm's errors that a swap can end with (program IDL 0.12). */
const DlmmError = {
  InvalidInput: 6002,
  ExceededAmountSlippageTolerance: 6003,
  MathOverflow: 6018,
  BitmapExtensionAccountIsNotProvided: 6036,
  CannotFindNonZeroLiquidityBinArrayId: 6037,
  InsufficientOutAmount: 6039,
  PoolDisabled: 6042,
  Unreconciled: 6085,
  ExceededMaximumInput: 6104,
} as const;

const TOKEN_PROGRAMS = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM];
const ACCOUNTS = 16;
/** About what each bin after the first one costs. */
const UNITS_PER_FURTHER_BIN = 6_500;

/**
 * Meteora DLMM on the paper chain: the real program's accounts, arguments, gates and error numbers of `swap2` and `swap_exact_out2`.
 * Left out: hosts, accounts of transfer hooks, and the oracle's observations, none of which the engine uses.
 */
export const meteoraDlmmPaper: PaperVenue = {
  program: 'dlmm',
  paperProgram: { programId: DLMM_PROGRAM, computeUnits: 32_000, execute: executeSwap },
  genesis,
  drift,
};

function executeSwap(context: PaperContext): void {
  const { swapMode, amount, threshold } = readArguments(context.data);
  const accounts = new AnchorAccounts(context, ACCOUNTS);
  const { pool, xToY } = checkAccounts(accounts);
  if (pool.refusal(context.time) !== null) throw refusedWith(DlmmError.PoolDisabled, 'the pool is closed');
  if (amount === 0n) throw refusedWith(DlmmError.InvalidInput, 'the amount is zero');

  const arrays = new PassedBinArrays(context, accounts, pool.address);
  const side = { ...pool.side(xToY, context.time.unixTimestamp), arrays };
  const used: UsedBin[] = [];
  const swapIn = swapMode === 'ExactIn' ? swapExactIn : swapExactOut;
  const swap = swapIn(side, pool.transferFees(xToY, context.time.epoch), amount, (bin) => used.push(bin));
  if (!swap.ok) throw errorOf(swap, pool.extension !== null);
  if (swapMode === 'ExactIn' && swap.outAmount < threshold) {
    throw refusedWith(DlmmError.ExceededAmountSlippageTolerance, 'exceeded slippage tolerance');
  }
  if (swapMode === 'ExactOut' && swap.inAmount > threshold) {
    throw refusedWith(DlmmError.ExceededMaximumInput, 'exceeded the maximum input');
  }
  context.charge(UNITS_PER_FURTHER_BIN * (swap.walk.steps - 1));
  book(context, accounts.owned(0, [DLMM_PROGRAM]), side, swap, used);
  settle(context, accounts, xToY, swap);
}

function readArguments(data: Uint8Array): { swapMode: SwapMode; amount: bigint; threshold: bigint } {
  const bytes = new ByteReader(data);
  const isExactIn = bytes.startsWith(SWAP2);
  if (!isExactIn && !bytes.startsWith(SWAP_EXACT_OUT2)) {
    throw refusedWith(AnchorError.InstructionFallbackNotFound, 'unknown instruction');
  }
  if (data.length < SWAP_DATA_SIZE || bytes.u32(24) !== 0) {
    throw refusedWith(AnchorError.InstructionDidNotDeserialize, 'arguments are cut off, or name accounts of hooks');
  }
  const [first, second] = [bytes.u64(8), bytes.u64(16)];
  return isExactIn
    ? { swapMode: 'ExactIn', amount: first, threshold: second }
    : { swapMode: 'ExactOut', amount: second, threshold: first };
}

/** The account constraints of lb_clmm's `Swap2`; the direction is that of the paying account's mint. */
function checkAccounts(accounts: AnchorAccounts): { pool: DlmmPool; xToY: boolean } {
  for (const index of [0, 2, 3, 4, 5, 8]) accounts.writable(index);
  const account = accounts.owned(0, [DLMM_PROGRAM]);
  if (!isLbPair(account.data)) throw refusedWith(AnchorError.AccountDiscriminatorMismatch, 'account 0 is no pair');
  const keys = decodeDlmmKeys(account.data);
  if (accounts.at(1) !== DLMM_PROGRAM) {
    accounts.owned(1, [DLMM_PROGRAM]);
    accounts.writable(1);
  }
  accounts.exactly(2, keys.reserveX, AnchorError.ConstraintHasOne);
  accounts.exactly(3, keys.reserveY, AnchorError.ConstraintHasOne);
  const paying = accounts.owned(4, TOKEN_PROGRAMS);
  accounts.owned(5, TOKEN_PROGRAMS);
  accounts.exactly(6, keys.mintX, AnchorError.ConstraintHasOne);
  accounts.exactly(7, keys.mintY, AnchorError.ConstraintHasOne);
  accounts.exactly(9, DLMM_PROGRAM, AnchorError.AccountOwnedByWrongProgram);
  accounts.signer(10);
  accounts.exactly(13, MEMO_PROGRAM, AnchorError.InvalidProgramId);
  accounts.exactly(14, DLMM_EVENT_AUTHORITY, AnchorError.ConstraintSeeds);
  accounts.exactly(15, DLMM_PROGRAM, AnchorError.InvalidProgramId);
  const read = readDlmmPool(account, keys, accounts.all());
  if (!read.ok) throw errorOf(read, false);
  const { state } = read.pool;
  accounts.exactly(8, state.oracle, AnchorError.ConstraintHasOne);
  accounts.exactly(11, tokenProgramOf(state.tokenFlagX), AnchorError.InvalidProgramId);
  accounts.exactly(12, tokenProgramOf(state.tokenFlagY), AnchorError.InvalidProgramId);
  return { pool: read.pool, xToY: addressFromBytes(paying.data) === keys.mintX };
}

/** The arrays behind the fixed accounts. The program looks through them forwards only, and skips those that it does not need. */
class PassedBinArrays implements BinArrays {
  private next = ACCOUNTS;

  constructor(
    private readonly context: PaperContext,
    private readonly accounts: AnchorAccounts,
    private readonly pair: Address,
  ) {}

  at(index: number): ReadBinArray | PoolRefusal {
    while (this.next < this.context.accounts.length) {
      const { address, data } = this.accounts.owned(this.next, [DLMM_PROGRAM]);
      this.accounts.writable(this.next);
      this.next += 1;
      const bins = BinArray.of(data, this.pair, index);
      if (bins !== null) return { ok: true, address, bins };
    }
    return refuse('state-missing');
  }
}

/** Writes the pair and every bin that was used. */
function book(context: PaperContext, pair: Account, side: DlmmSide, swap: DlmmSwap, used: readonly UsedBin[]): void {
  const after = pairAfterSwap(side, swap.walk, used, context.time.unixTimestamp);
  context.setData(pair.address, encodeLbPair(after, pair.data));
  for (const address of swap.walk.arrays) bookArray(context, address, side, used);
}

function bookArray(context: PaperContext, address: Address, side: DlmmSide, used: readonly UsedBin[]): void {
  const data = context.account(address)?.data.slice();
  if (data === undefined) return;
  const index = Number(new ByteReader(data).i64(8));
  for (const bin of used.filter(({ id }) => arrayIndexOf(id) === index)) {
    const place = bin.id - index * BINS_PER_ARRAY;
    writeBin(data, place, binAfterSwap(decodeBin(data, place), bin, side));
  }
  context.setData(address, data);
}

function settle(context: PaperContext, accounts: AnchorAccounts, xToY: boolean, swap: DlmmSwap): void {
  const [x, y] = [tokenAt(accounts, 0), tokenAt(accounts, 1)];
  const [{ vault: destination, ...paid }, { vault: source, ...bought }] = xToY ? [x, y] : [y, x];
  const user = { source: accounts.at(4), destination: accounts.at(5), authority: accounts.at(10) };
  const pair = accounts.at(0);
  moveTokens(context, {
    ...paid,
    source: user.source,
    destination,
    authority: user.authority,
    amount: swap.inAmount,
  });
  moveTokens(context, { ...bought, source, destination: user.destination, authority: pair, amount: swap.sentAmount }, [
    pair,
  ]);
}

/** X (0) or Y (1) as the instruction names it. */
function tokenAt(accounts: AnchorAccounts, side: 0 | 1) {
  const decimals = readMintDecimals(accounts.owned(6 + side, TOKEN_PROGRAMS).data) ?? 0;
  return { vault: accounts.at(2 + side), mint: accounts.at(6 + side), decimals, tokenProgram: accounts.at(11 + side) };
}

/** The numbers under which the program reports what the math refuses. */
const REFUSAL_ERRORS: Partial<Record<RefusalReason, number>> = {
  'amount-too-small': DlmmError.InsufficientOutAmount,
  'out-of-range': DlmmError.MathOverflow,
  'state-missing': AnchorError.AccountNotEnoughKeys,
};

function errorOf(refusal: PoolRefusal, hasExtension: boolean): Error {
  if (refusal === UNRECONCILED) return refusedWith(DlmmError.Unreconciled, 'the layers of the last bin do not add up');
  const outOfLiquidity = hasExtension
    ? DlmmError.CannotFindNonZeroLiquidityBinArrayId
    : DlmmError.BitmapExtensionAccountIsNotProvided;
  const code = refusal.reason === 'insufficient-liquidity' ? outOfLiquidity : REFUSAL_ERRORS[refusal.reason];
  return refusedWith(code ?? AnchorError.AccountDidNotDeserialize, refusal.reason);
}
