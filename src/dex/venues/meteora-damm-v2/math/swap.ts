import { minBigInt, mulDivCeil, mulDivFloor, U64_MAX } from '../../../../kernel/math.js';
import { type PoolQuote, type PoolRefusal, refuse } from '../../../domain/pool.js';
import { grossUpTransfer, transferFee, type TransferFee } from '../../token-2022.js';
import { COLLECT_FEE, type DammV2State } from '../layout.js';
import { baseFeeNumerator, FEE_DENOMINATOR } from './base-fee.js';
import { compoundingSqrtPrice, type CurveMove, curveExactIn, curveExactOut } from './curve.js';
import { dynamicFeeAfterSwap, dynamicFeeNumerator } from './dynamic-fee.js';

/** The program's ceilings of a whole fee: 50 % of old pools, 99 % of the others (cp-amm `MAX_FEE_NUMERATOR_V0/V1`). */
const MAXIMUM_NUMERATORS = [500_000_000n, 990_000_000n] as const;

/** A direction of a pool at one moment. */
export interface DammV2Side {
  readonly state: DammV2State;
  readonly aToB: boolean;
  /** Slot or Unix seconds, as the pool counts. */
  readonly point: bigint;
  readonly inFee: TransferFee;
  readonly outFee: TransferFee;
}

/** A swap as the program carries it out. The swap fee is in token B, or in token A for a B-to-A swap that pays on output. */
export interface DammV2Swap extends PoolQuote {
  /** What leaves the vault, of which a transfer fee may still be withheld. */
  readonly sentAmount: bigint;
  readonly swapFee: bigint;
  readonly sqrtPriceAfter: bigint | null;
}

/** Whether the fee comes off the input: pools that collect only B do so when B comes in. */
function feeIsOnInput(state: DammV2State, aToB: boolean): boolean {
  return state.collectFeeMode !== COLLECT_FEE.both && !aToB;
}

/** What `amount` sent by the wallet brings; may be nothing, which the program allows and quotes do not. */
export function swapExactIn(side: DammV2Side, amount: bigint): DammV2Swap | PoolRefusal {
  const { state, aToB } = side;
  const arrived = amount - transferFee(side.inFee, amount);
  if (arrived <= 0n) return refuse('amount-too-small');
  const numerator = feeNumerator(side, arrived, true);
  if (numerator === null) return refuse('out-of-range');

  const onInput = feeIsOnInput(state, aToB);
  const inputFee = onInput ? mulDivCeil(arrived, numerator, FEE_DENOMINATOR) : 0n;
  const move = curveExactIn(state, aToB, arrived - inputFee);
  if (!move.ok) return move;
  if (move.outAmount > U64_MAX) return refuse('out-of-range');
  const outputFee = onInput ? 0n : mulDivCeil(move.outAmount, numerator, FEE_DENOMINATOR);
  const left = move.outAmount - outputFee;
  return booked(side, {
    ok: true,
    inAmount: amount,
    outAmount: left - transferFee(side.outFee, left),
    sentAmount: left,
    curveInAmount: move.inAmount,
    curveOutAmount: move.outAmount,
    swapFee: inputFee + outputFee,
    sqrtPriceAfter: move.sqrtPriceAfter,
  });
}

/** What the wallet must send for `amount` to arrive in it. */
export function swapExactOut(side: DammV2Side, amount: bigint): DammV2Swap | PoolRefusal {
  const { state, aToB } = side;
  const left = grossUpTransfer(side.outFee, amount);
  if (left === null) return refuse('out-of-range');
  return feeIsOnInput(state, aToB)
    ? exactOutPayingOnInput(side, amount, left)
    : exactOutPayingOnOutput(side, amount, left);
}

function exactOutPayingOnOutput(side: DammV2Side, amount: bigint, left: bigint): DammV2Swap | PoolRefusal {
  const numerator = feeNumerator(side, left, false);
  if (numerator === null) return refuse('out-of-range');
  const curveOut = beforeFee(left, numerator);
  if (curveOut > U64_MAX) return refuse('out-of-range');
  const move = curveExactOut(side.state, side.aToB, curveOut);
  if (!move.ok) return move;
  return exactOutSwap(side, {
    outAmount: amount,
    sentAmount: left,
    arrived: move.inAmount,
    swapFee: curveOut - left,
    move,
  });
}

function exactOutPayingOnInput(side: DammV2Side, amount: bigint, left: bigint): DammV2Swap | PoolRefusal {
  const move = curveExactOut(side.state, side.aToB, left);
  if (!move.ok) return move;
  const numerator = feeNumerator(side, move.inAmount, false);
  if (numerator === null) return refuse('out-of-range');
  const arrived = beforeFee(move.inAmount, numerator);
  return exactOutSwap(side, { outAmount: amount, sentAmount: left, arrived, swapFee: arrived - move.inAmount, move });
}

/** An exact-out swap before its input's transfer fee; `arrived` is what the vault must receive. */
interface ExactOutParts {
  readonly outAmount: bigint;
  readonly sentAmount: bigint;
  readonly arrived: bigint;
  readonly swapFee: bigint;
  readonly move: CurveMove;
}

function exactOutSwap(side: DammV2Side, parts: ExactOutParts): DammV2Swap | PoolRefusal {
  const { outAmount, sentAmount, arrived, swapFee, move } = parts;
  if (arrived === 0n) return refuse('amount-too-small');
  if (arrived > U64_MAX) return refuse('out-of-range');
  const inAmount = grossUpTransfer(side.inFee, arrived);
  if (inAmount === null || inAmount > U64_MAX) return refuse('out-of-range');
  return booked(side, {
    ok: true,
    inAmount,
    outAmount,
    sentAmount,
    curveInAmount: move.inAmount,
    curveOutAmount: move.outAmount,
    swapFee,
    sqrtPriceAfter: move.sqrtPriceAfter,
  });
}

/** The swap, if the program's books can take it: it fails when a reserve would go below zero or beyond 64 bits. */
function booked({ state, aToB }: DammV2Side, swap: DammV2Swap): DammV2Swap | PoolRefusal {
  const { reserveA, reserveB } = reservesAfterSwap(state, aToB, swap);
  if (reserveA < 0n || reserveB < 0n) return refuse('insufficient-liquidity');
  return reserveA > U64_MAX || reserveB > U64_MAX ? refuse('out-of-range') : swap;
}

/** The amount that leaves `net` after the fee, rounded up. Numerators stay below the denominator by their ceiling. */
function beforeFee(net: bigint, numerator: bigint): bigint {
  return mulDivCeil(net, FEE_DENOMINATOR, FEE_DENOMINATOR - numerator);
}

/** Base and dynamic fee together, at most the pool's ceiling. null where the program's arithmetic fails. */
function feeNumerator(side: DammV2Side, amount: bigint, includesFee: boolean): bigint | null {
  const { state, aToB, point } = side;
  const base = baseFeeNumerator(state, point, aToB ? null : { amount, includesFee });
  return base === null ? null : cappedNumerator(state, base + dynamicFeeNumerator(state.dynamicFee));
}

function cappedNumerator(state: DammV2State, numerator: bigint): bigint {
  return minBigInt(numerator, state.feeVersion === 0 ? MAXIMUM_NUMERATORS[0] : MAXIMUM_NUMERATORS[1]);
}

/** The fee numerator where the amount plays no part, for display. null where the program's arithmetic fails. */
export function displayNumerator(state: DammV2State, point: bigint): bigint | null {
  const base = baseFeeNumerator(state, point, null);
  return base === null ? null : cappedNumerator(state, base + dynamicFeeNumerator(state.dynamicFee));
}

/** The pool after a swap, as the program books it (liquidity providers' claims aside). `now` is Unix seconds. */
export function stateAfterSwap(state: DammV2State, aToB: boolean, swap: DammV2Swap, now: bigint): DammV2State {
  const protocol = protocolShare(state, swap.swapFee);
  const feeInA = !aToB && !feeIsOnInput(state, aToB);
  const reserves = reservesAfterSwap(state, aToB, swap);
  const sqrtPrice = swap.sqrtPriceAfter ?? compoundingSqrtPrice(reserves.reserveA, reserves.reserveB);
  return {
    ...state,
    ...reserves,
    sqrtPrice,
    protocolFeeA: state.protocolFeeA + (feeInA ? protocol : 0n),
    protocolFeeB: state.protocolFeeB + (feeInA ? 0n : protocol),
    dynamicFee: state.dynamicFee && dynamicFeeAfterSwap(state.dynamicFee, state.sqrtPrice, sqrtPrice, now),
  };
}

function protocolShare(state: DammV2State, swapFee: bigint): bigint {
  return mulDivFloor(swapFee, BigInt(state.protocolFeePercent), 100n);
}

/** Only pools that compound keep a share of the fee, always in B. */
function reservesAfterSwap(
  state: DammV2State,
  aToB: boolean,
  swap: DammV2Swap,
): { readonly reserveA: bigint; readonly reserveB: bigint } {
  const { curveInAmount, curveOutAmount, swapFee } = swap;
  const compounds = state.collectFeeMode === COLLECT_FEE.compounding;
  const compounded = compounds
    ? mulDivFloor(swapFee - protocolShare(state, swapFee), BigInt(state.compoundingFeeBps), 10_000n)
    : 0n;
  const [changeA, changeB] = aToB ? [curveInAmount, -curveOutAmount] : [-curveOutAmount, curveInAmount];
  return { reserveA: state.reserveA + changeA, reserveB: state.reserveB + changeB + compounded };
}
