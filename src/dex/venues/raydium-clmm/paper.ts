import type { Address } from '../../../kernel/address.js';
import { ByteReader } from '../../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { PaperContext } from '../../../chain/paper/paper-program.js';
import { MEMO_PROGRAM } from '../../../chain/programs.js';
import type { PoolRefusal, RefusalReason } from '../../domain/pool.js';
import { AnchorAccounts, AnchorError, moveTokens, refusedWith, withAnchorLog } from '../anchor-accounts.js';
import type { PaperVenue } from '../paper-venue.js';
import { transferFee } from '../token-2022.js';
import { bitmapExtensionAddress } from './addresses.js';
import { CLMM_PROGRAM, SWAP_V2, SWAP_V2_SIZE } from './instructions.js';
import { type ClmmKeys, decodeClmmKeys, isClmmPool } from './layout/pool.js';
import { TICK_ARRAY_SIZE } from './layout/tick-array.js';
import { SwapBooks } from './math/books.js';
import { feeIsInToken0 } from './math/after-swap.js';
import type { ClmmPool } from './math/pool.js';
import { type ClmmSide, type ClmmSwap, swapExactIn, swapExactOut } from './math/swap.js';
import { MAX_SQRT_PRICE, MIN_SQRT_PRICE } from './math/tick-price.js';
import { bookedAccounts } from './paper-books.js';
import { drift } from './paper-drift.js';
import { genesis } from './paper-genesis.js';
import { readClmmPool } from './read-pool.js';

/** Numbers of the program's `error.rs` that a swap can end with, as the build of April 2026 has them. */
const ClmmError = {
  NotApproved: 6001,
  SqrtPriceLimitOverflow: 6013,
  LiquidityInsufficient: 6019,
  TooLittleOutputReceived: 6022,
  TooMuchInputPaid: 6023,
  ZeroAmountSpecified: 6024,
  InvalidInputPoolVault: 6025,
  TooSmallInputOrOutputAmount: 6026,
  NotEnoughTickArrayAccount: 6027,
  MaxTokenOverflow: 6042,
} as const;

const SOURCE = 'programs/amm/src/instructions/swap_v2.rs';
const TOKEN_PROGRAMS = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM];
const ACCOUNTS = 13;
/** Where a status closes everything: the program sets it when a swap empties a vault. */
const EVERYTHING_CLOSED = 255;
const UNITS = { base: 45_000, perStep: 20_000 } as const;

/** Raydium CLMM on the paper chain: the real program's accounts, arguments, gates, error names and numbers of `swap_v2`. */
export const raydiumClmmPaper: PaperVenue = {
  program: 'clmm',
  paperProgram: {
    programId: CLMM_PROGRAM,
    computeUnits: UNITS.base,
    execute: withAnchorLog(SOURCE, ClmmError, executeSwap),
  },
  genesis,
  drift,
};

interface SwapArguments {
  readonly amount: bigint;
  readonly threshold: bigint;
  /** 0: none. */
  readonly sqrtPriceLimit: bigint;
  readonly exactIn: boolean;
}

function executeSwap(context: PaperContext): void {
  const args = readArguments(context.data);
  const accounts = new AnchorAccounts(context, ACCOUNTS);
  const { pool, zeroForOne, arrays } = checkAccounts(context, accounts);
  checkGates(context, pool, zeroForOne, args);

  const side = pool.side(zeroForOne, context.time);
  const inToken0 = feeIsInToken0(pool.state.feeOn, zeroForOne);
  const books = new SwapBooks(pool.parts.config, inToken0 ? pool.state.feeGrowth0 : pool.state.feeGrowth1);
  const swap = carryOut(side, args, books);
  if (!swap.ok) throw errorOf(swap, side, args);
  context.charge(UNITS.perStep * swap.walk.steps);
  if (!isInOrder(swap, arrays)) throw refusedWith(ClmmError.NotEnoughTickArrayAccount, 'not enough tick arrays');
  checkThreshold(swap, args);

  const status = swap.sentAmount === side.vaultOut ? EVERYTHING_CLOSED : pool.state.status;
  const booked = { pool: { ...pool.state, status }, walk: swap.walk, books, inToken0, epoch: context.time.epoch };
  for (const [address, data] of bookedAccounts(pool.address, accounts.all(), booked)) context.setData(address, data);
  transfer(context, accounts, { pool, zeroForOne, swap });
}

function readArguments(data: Uint8Array): SwapArguments {
  const bytes = new ByteReader(data);
  if (!bytes.startsWith(SWAP_V2)) throw refusedWith(AnchorError.InstructionFallbackNotFound, 'unknown instruction');
  const isBaseInput = data[40];
  if (data.length < SWAP_V2_SIZE || (isBaseInput !== 0 && isBaseInput !== 1)) {
    throw refusedWith(AnchorError.InstructionDidNotDeserialize, 'arguments are cut off');
  }
  return {
    amount: bytes.u64(8),
    threshold: bytes.u64(16),
    sqrtPriceLimit: bytes.u128(24),
    exactIn: isBaseInput === 1,
  };
}

interface SwapAccounts {
  readonly pool: ClmmPool;
  readonly zeroForOne: boolean;
  /** As listed: the program takes them in this order only. */
  readonly arrays: readonly Address[];
}

/** The account constraints of `SwapSingleV2`; the direction is that of the vaults. */
function checkAccounts(context: PaperContext, accounts: AnchorAccounts): SwapAccounts {
  accounts.signer(0);
  for (const index of [2, 3, 4, 5, 6, 7]) accounts.writable(index);
  const account = accounts.owned(2, [CLMM_PROGRAM]);
  if (!isClmmPool(account.data)) throw refusedWith(AnchorError.AccountDiscriminatorMismatch, 'account 2 is no pool');
  const keys = decodeClmmKeys(account.data);
  accounts.exactly(1, keys.config, AnchorError.ConstraintAddress);
  for (const index of [3, 4, 5, 6]) accounts.owned(index, TOKEN_PROGRAMS);
  accounts.exactly(7, keys.observation, AnchorError.ConstraintAddress);
  accounts.exactly(8, TOKEN_PROGRAM, AnchorError.InvalidProgramId);
  accounts.exactly(9, TOKEN_2022_PROGRAM, AnchorError.InvalidProgramId);
  accounts.exactly(10, MEMO_PROGRAM, AnchorError.InvalidProgramId);
  const zeroForOne = isZeroForOne(accounts, keys);
  accounts.exactly(11, zeroForOne ? keys.mint0 : keys.mint1, AnchorError.ConstraintAddress);
  accounts.exactly(12, zeroForOne ? keys.mint1 : keys.mint0, AnchorError.ConstraintAddress);

  const { arrays, ignored } = remainingAccounts(context, account.address);
  const seen = new Map(accounts.all());
  for (const address of ignored) seen.delete(address);
  const read = readClmmPool(account, keys, seen);
  if (!read.ok) throw refusedWith(AnchorError.AccountDidNotDeserialize, read.reason);
  return { pool: read.pool, zeroForOne, arrays };
}

function isZeroForOne(accounts: AnchorAccounts, { vault0, vault1 }: ClmmKeys): boolean {
  const [input, output] = [accounts.at(5), accounts.at(6)];
  const zeroForOne = input === vault0;
  const isPair = zeroForOne ? output === vault1 : input === vault1 && output === vault0;
  if (!isPair) throw refusedWith(ClmmError.InvalidInputPoolVault, 'Input pool vault is invalid');
  return zeroForOne;
}

/** The extension and tick arrays behind the fixed accounts; the first account of another size ends the list. */
function remainingAccounts(context: PaperContext, pool: Address) {
  const remaining = context.accounts.slice(ACCOUNTS).map(({ address }) => address);
  const extension = bitmapExtensionAddress(pool);
  const isUsed = (address: Address) =>
    address === extension || context.account(address)?.data.length === TICK_ARRAY_SIZE;
  const end = remaining.findIndex((address) => !isUsed(address));
  const used = end === -1 ? remaining : remaining.slice(0, end);
  return {
    arrays: used.filter((address) => address !== extension),
    ignored: remaining.filter((address) => !used.includes(address)),
  };
}

function checkGates(context: PaperContext, { state }: ClmmPool, zeroForOne: boolean, args: SwapArguments): void {
  const { sqrtPriceLimit } = args;
  if (context.time.unixTimestamp <= state.openTime) throw refusedWith(AnchorError.RequireGtViolated, 'not open yet');
  if (args.amount === 0n) throw refusedWith(ClmmError.ZeroAmountSpecified, 'Swap special amount can not be zero');
  if ((state.status & 16) !== 0) throw refusedWith(ClmmError.NotApproved, 'Not approved');
  const isBeyond = zeroForOne
    ? sqrtPriceLimit >= state.sqrtPrice || sqrtPriceLimit <= MIN_SQRT_PRICE
    : sqrtPriceLimit <= state.sqrtPrice || sqrtPriceLimit >= MAX_SQRT_PRICE;
  if (sqrtPriceLimit !== 0n && isBeyond) {
    throw refusedWith(ClmmError.SqrtPriceLimitOverflow, 'Square root price limit overflow');
  }
}

function carryOut(side: ClmmSide, { amount, exactIn, sqrtPriceLimit }: SwapArguments, observer: SwapBooks) {
  const options = sqrtPriceLimit === 0n ? { observer } : { observer, sqrtPriceLimit };
  return exactIn ? swapExactIn(side, amount, options) : swapExactOut(side, amount, options);
}

/** The program never goes back in the list. */
function isInOrder(swap: ClmmSwap, listed: readonly Address[]): boolean {
  let from = 0;
  for (const address of swap.path?.arrays ?? []) {
    const at = listed.indexOf(address, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}

function checkThreshold(swap: ClmmSwap, { exactIn, threshold }: SwapArguments): void {
  if (exactIn && swap.outAmount < threshold) {
    throw refusedWith(ClmmError.TooLittleOutputReceived, 'Too little output received');
  }
  if (!exactIn && swap.inAmount > threshold) throw refusedWith(ClmmError.TooMuchInputPaid, 'Too much input paid');
}

interface Movement {
  readonly pool: ClmmPool;
  readonly zeroForOne: boolean;
  readonly swap: ClmmSwap;
}

function transfer(context: PaperContext, accounts: AnchorAccounts, { pool, zeroForOne, swap }: Movement): void {
  const { state, parts } = pool;
  const [paid, bought] = zeroForOne ? ([0, 1] as const) : ([1, 0] as const);
  const decimals = [state.decimals0, state.decimals1] as const;
  moveTokens(context, {
    source: accounts.at(3),
    destination: accounts.at(5),
    mint: accounts.at(11),
    decimals: decimals[paid],
    tokenProgram: parts.tokenPrograms[paid],
    authority: accounts.at(0),
    amount: swap.inAmount,
  });
  const outgoing = {
    source: accounts.at(6),
    destination: accounts.at(4),
    mint: accounts.at(12),
    decimals: decimals[bought],
    tokenProgram: parts.tokenPrograms[bought],
    authority: pool.address,
    amount: swap.sentAmount,
  };
  moveTokens(context, outgoing, [pool.address]);
}

/** The numbers under which the program reports what the math refuses. */
const REFUSAL_ERRORS: Partial<Record<RefusalReason, number>> = {
  'amount-too-small': ClmmError.TooSmallInputOrOutputAmount,
  'insufficient-liquidity': ClmmError.LiquidityInsufficient,
  'out-of-range': ClmmError.MaxTokenOverflow,
  'state-missing': ClmmError.NotEnoughTickArrayAccount,
};

function errorOf({ reason }: PoolRefusal, side: ClmmSide, { amount, exactIn }: SwapArguments): Error {
  const nothingArrives = exactIn && transferFee(side.inFee, amount) === amount;
  if (nothingArrives) return refusedWith(ClmmError.ZeroAmountSpecified, 'Swap special amount can not be zero');
  return refusedWith(REFUSAL_ERRORS[reason] ?? AnchorError.AccountDidNotDeserialize, reason);
}
