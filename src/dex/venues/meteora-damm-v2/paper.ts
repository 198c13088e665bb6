import { type Address, addressFromBytes } from '../../../kernel/address.js';
import { ByteReader } from '../../../kernel/bytes.js';
import { EngineError } from '../../../kernel/errors.js';
import { isqrt, maxBigInt, minBigInt, mulDivFloor, U64_MAX } from '../../../kernel/math.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import type { PaperContext } from '../../../chain/paper/paper-program.js';
import { readMintDecimals } from '../../../chain/paper/programs/token/token-state.js';
import type { PoolRefusal, RefusalReason } from '../../domain/pool.js';
import type { SwapMode } from '../../domain/swap.js';
import { AnchorAccounts, AnchorError, moveTokens, refusedWith } from '../anchor-accounts.js';
import { type PaperVenue, type PoolPlan, type PriceFactor, programAccount, vaultAccount } from '../paper-venue.js';
import {
  DAMM_V2_AUTHORITY,
  DAMM_V2_EVENT_AUTHORITY,
  DAMM_V2_PROGRAM,
  SWAP2,
  SWAP2_MODE,
  tokenProgramOf,
} from './instructions.js';
import {
  ACTIVATION_BY,
  COLLECT_FEE,
  type DammV2State,
  decodeDammV2Keys,
  decodeDammV2Pool,
  encodeDammV2Pool,
  isDammV2Pool,
} from './layout.js';
import { reservesAtPrice } from './math/curve.js';
import type { DammV2Pool } from './math/pool.js';
import { type DammV2Swap, stateAfterSwap, swapExactIn, swapExactOut } from './math/swap.js';
import { readDammV2Pool } from './venue.js';

/** Numbers of cp-amm's `error.rs` that a swap can end with. */
const DammV2Error = {
  MathOverflow: 6000,
  ExceededSlippage: 6002,
  PoolDisabled: 6003,
  AmountIsZero: 6006,
  TypeCastFailed: 6007,
  PriceRangeViolation: 6015,
  InvalidSwapMode: 6018,
} as const;

const TOKEN_PROGRAMS = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM];
const ACCOUNTS = 14;

/**
 * Meteora DAMM v2 on the paper chain: the real program's accounts, arguments, gates and error numbers of `swap2`. Left out:
 * partial fills, referrals and a rate limiter's look at the other instructions, none of which the engine uses.
 */
export const meteoraDammV2Paper: PaperVenue = {
  program: 'damm-v2',
  paperProgram: { programId: DAMM_V2_PROGRAM, computeUnits: 15_000, execute: executeSwap },
  genesis,
  drift,
};

function executeSwap(context: PaperContext): void {
  const { swapMode, amount, threshold } = readArguments(context.data);
  const accounts = new AnchorAccounts(context, ACCOUNTS);
  const { pool, aToB } = checkAccounts(accounts);
  if (pool.refusal(context.time) !== null) throw refusedWith(DammV2Error.PoolDisabled, 'the pool is closed');
  if (amount === 0n) throw refusedWith(DammV2Error.AmountIsZero, 'the amount is zero');

  const side = pool.side(aToB, context.time);
  const swap = swapMode === 'ExactIn' ? swapExactIn(side, amount) : swapExactOut(side, amount);
  if (!swap.ok) throw errorOf(swap, swapMode);
  const within = swapMode === 'ExactIn' ? swap.outAmount >= threshold : swap.inAmount <= threshold;
  if (!within) throw refusedWith(DammV2Error.ExceededSlippage, 'exceeded slippage tolerance');
  settle(context, accounts, pool.state, aToB, swap);
}

function readArguments(data: Uint8Array): { swapMode: SwapMode; amount: bigint; threshold: bigint } {
  const bytes = new ByteReader(data);
  if (!bytes.startsWith(SWAP2)) throw refusedWith(AnchorError.InstructionFallbackNotFound, 'unknown instruction');
  if (data.length < 25) throw refusedWith(AnchorError.InstructionDidNotDeserialize, 'arguments are cut off');
  const mode = bytes.u8(24);
  if (mode !== SWAP2_MODE.exactIn && mode !== SWAP2_MODE.exactOut) {
    throw refusedWith(DammV2Error.InvalidSwapMode, 'unknown swap mode');
  }
  const swapMode = mode === SWAP2_MODE.exactIn ? 'ExactIn' : 'ExactOut';
  return { swapMode, amount: bytes.u64(8), threshold: bytes.u64(16) };
}

/** The account constraints of cp-amm's `SwapCtx`; the direction is that of the paying account's mint. */
function checkAccounts(accounts: AnchorAccounts): { pool: DammV2Pool; aToB: boolean } {
  accounts.exactly(0, DAMM_V2_AUTHORITY, AnchorError.ConstraintAddress);
  for (const index of [1, 2, 3, 4, 5]) accounts.writable(index);
  const account = accounts.owned(1, [DAMM_V2_PROGRAM]);
  if (!isDammV2Pool(account.data)) throw refusedWith(AnchorError.AccountDiscriminatorMismatch, 'account 1 is no pool');
  const keys = decodeDammV2Keys(account.data);
  const paying = accounts.owned(2, TOKEN_PROGRAMS);
  accounts.owned(3, TOKEN_PROGRAMS);
  accounts.exactly(4, keys.vaultA, AnchorError.ConstraintHasOne);
  accounts.exactly(5, keys.vaultB, AnchorError.ConstraintHasOne);
  accounts.exactly(6, keys.mintA, AnchorError.ConstraintHasOne);
  accounts.exactly(7, keys.mintB, AnchorError.ConstraintHasOne);
  accounts.signer(8);
  accounts.exactly(11, DAMM_V2_PROGRAM, AnchorError.AccountOwnedByWrongProgram);
  accounts.exactly(12, DAMM_V2_EVENT_AUTHORITY, AnchorError.ConstraintSeeds);
  accounts.exactly(13, DAMM_V2_PROGRAM, AnchorError.InvalidProgramId);
  const read = readDammV2Pool(account, keys, accounts.all());
  if (!read.ok) throw errorOf(read, 'ExactIn');
  accounts.exactly(9, tokenProgramOf(read.pool.state.tokenFlagA), AnchorError.InvalidProgramId);
  accounts.exactly(10, tokenProgramOf(read.pool.state.tokenFlagB), AnchorError.InvalidProgramId);
  return { pool: read.pool, aToB: addressFromBytes(paying.data) === keys.mintA };
}

function settle(
  context: PaperContext,
  accounts: AnchorAccounts,
  state: DammV2State,
  aToB: boolean,
  swap: DammV2Swap,
): void {
  const after = stateAfterSwap(state, aToB, swap, context.time.unixTimestamp);
  context.setData(accounts.at(1), encodeDammV2Pool(after, accounts.owned(1, [DAMM_V2_PROGRAM]).data));
  const [incoming, outgoing] = aToB ? [tokenA(accounts), tokenB(accounts)] : [tokenB(accounts), tokenA(accounts)];
  const { vault: destination, ...paid } = incoming;
  const { vault: source, ...bought } = outgoing;
  moveTokens(context, {
    ...paid,
    source: accounts.at(2),
    destination,
    authority: accounts.at(8),
    amount: swap.inAmount,
  });
  moveTokens(
    context,
    { ...bought, source, destination: accounts.at(3), authority: DAMM_V2_AUTHORITY, amount: swap.sentAmount },
    [DAMM_V2_AUTHORITY],
  );
}

function tokenA(accounts: AnchorAccounts) {
  const decimals = readMintDecimals(accounts.owned(6, TOKEN_PROGRAMS).data) ?? 0;
  return { vault: accounts.at(4), mint: accounts.at(6), decimals, tokenProgram: accounts.at(9) };
}

function tokenB(accounts: AnchorAccounts) {
  const decimals = readMintDecimals(accounts.owned(7, TOKEN_PROGRAMS).data) ?? 0;
  return { vault: accounts.at(5), mint: accounts.at(7), decimals, tokenProgram: accounts.at(10) };
}

/** The numbers under which the program reports what the math refuses. */
const REFUSAL_ERRORS: Partial<Record<RefusalReason, number>> = {
  'amount-too-small': DammV2Error.AmountIsZero,
  'out-of-range': DammV2Error.TypeCastFailed,
};

function errorOf({ reason }: PoolRefusal, swapMode: SwapMode): Error {
  const noLiquidity = swapMode === 'ExactIn' ? DammV2Error.PriceRangeViolation : DammV2Error.MathOverflow;
  const code = reason === 'insufficient-liquidity' ? noLiquidity : REFUSAL_ERRORS[reason];
  return refusedWith(code ?? AnchorError.AccountDidNotDeserialize, reason);
}

/** The whole price range (cp-amm `MIN_SQRT_PRICE`, `MAX_SQRT_PRICE`). */
const SQRT_PRICE_MINIMUM = 4_295_048_016n;
const SQRT_PRICE_MAXIMUM = 79_226_673_521_066_979_257_578_248_091n;
/** Vaults hold far more than the books say, as those of real pools do, so that drifting prices never empty them. */
const VAULT_SURPLUS = 1_000n;
/** As seen on every mainnet pool. */
const PROTOCOL_FEE_PERCENT = 20;

/** Roles of addresses: `pool`, `vault0`, `vault1`. Tokens A and B are the plan's first and second. */
function genesis(plan: PoolPlan): readonly Account[] {
  const [a, b] = plan.tokens;
  const { addressOf } = plan;
  const sqrtPrice = clampSqrtPrice(isqrt((b.reserve << 128n) / a.reserve));
  const liquidity = minBigInt(
    mulDivFloor(a.reserve * sqrtPrice, SQRT_PRICE_MAXIMUM, SQRT_PRICE_MAXIMUM - sqrtPrice),
    (b.reserve << 128n) / (sqrtPrice - SQRT_PRICE_MINIMUM),
  );
  const keys = { mintA: a.mint, mintB: b.mint, vaultA: addressOf('vault0'), vaultB: addressOf('vault1') };
  const state = withBookedReserves({
    keys,
    baseFee: { kind: 'time-linear', cliff: BigInt(plan.feeBps) * 100_000n, periods: 0, frequency: 0n, reduction: 0n },
    protocolFeePercent: PROTOCOL_FEE_PERCENT,
    compoundingFeeBps: 0,
    dynamicFee: null,
    initialSqrtPrice: sqrtPrice,
    liquidity,
    protocolFeeA: 0n,
    protocolFeeB: 0n,
    sqrtPriceMinimum: SQRT_PRICE_MINIMUM,
    sqrtPriceMaximum: SQRT_PRICE_MAXIMUM,
    sqrtPrice,
    activationPoint: 0n,
    activationType: ACTIVATION_BY.slot,
    status: 0,
    tokenFlagA: a.tokenProgram === TOKEN_2022_PROGRAM ? 1 : 0,
    tokenFlagB: b.tokenProgram === TOKEN_2022_PROGRAM ? 1 : 0,
    collectFeeMode: COLLECT_FEE.both,
    poolType: 0,
    feeVersion: 1,
    reserveA: 0n,
    reserveB: 0n,
    layoutVersion: 1,
  });
  return [
    programAccount(addressOf('pool'), DAMM_V2_PROGRAM, encodeDammV2Pool(state)),
    vaultAccount(keys.vaultA, DAMM_V2_AUTHORITY, a, ample(a.reserve)),
    vaultAccount(keys.vaultB, DAMM_V2_AUTHORITY, b, ample(b.reserve)),
  ];
}

function ample(reserve: bigint): bigint {
  return minBigInt(reserve * VAULT_SURPLUS, U64_MAX / 4n);
}

function clampSqrtPrice(sqrtPrice: bigint): bigint {
  return minBigInt(SQRT_PRICE_MAXIMUM - 1n, maxBigInt(SQRT_PRICE_MINIMUM + 1n, sqrtPrice));
}

/** Only the pool changes: its price, and the books that follow from it. */
function drift(accounts: AccountMap, address: Address, baseMint: Address, factor: PriceFactor): readonly Account[] {
  const account = accounts.get(address);
  if (account === undefined || !isDammV2Pool(account.data)) {
    throw new EngineError('internal', `${address} is no damm v2 pool`);
  }
  const state = decodeDammV2Pool(account.data, decodeDammV2Keys(account.data));
  const [up, down] =
    baseMint === state.keys.mintA ? [factor.numerator, factor.denominator] : [factor.denominator, factor.numerator];
  const after =
    state.collectFeeMode === COLLECT_FEE.compounding
      ? withDriftedReserves(state, up, down)
      : withDriftedPrice(state, isqrt(mulDivFloor(state.sqrtPrice * state.sqrtPrice, up, down)));
  return [{ ...account, data: encodeDammV2Pool(after, account.data) }];
}

function withDriftedReserves(state: DammV2State, up: bigint, down: bigint): DammV2State {
  const reserveB = minBigInt(U64_MAX, maxBigInt(1n, mulDivFloor(state.reserveB, up, down)));
  return { ...state, reserveB, sqrtPrice: isqrt((reserveB << 128n) / state.reserveA) };
}

function withDriftedPrice(state: DammV2State, sqrtPrice: bigint): DammV2State {
  const within = minBigInt(state.sqrtPriceMaximum, maxBigInt(state.sqrtPriceMinimum, sqrtPrice));
  return withBookedReserves({ ...state, sqrtPrice: within });
}

/** The reserves that follow from the price, as far as 64 bits go. */
function withBookedReserves(state: DammV2State): DammV2State {
  const { reserveA, reserveB } = reservesAtPrice(state);
  return { ...state, reserveA: minBigInt(U64_MAX, reserveA), reserveB: minBigInt(U64_MAX, reserveB) };
}
