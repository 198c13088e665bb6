import { U64_MAX } from '../../../../kernel/math.js';
import { type PoolQuote, type PoolRefusal, refuse } from '../../../domain/pool.js';
import { grossUpTransfer, transferFee, type TransferFee } from '../../token-2022.js';
import { furthestPrice, Walk, type WalkObserver, type WalkTerms } from './walk.js';

/** A direction of a pool at one moment: all of a walk's terms but for what the swap itself fixes. */
export interface ClmmSide {
  /** Afresh for each swap: volatility belongs to one. */
  readonly terms: (exactIn: boolean, sqrtPriceLimit: bigint) => WalkTerms;
  readonly zeroForOne: boolean;
  readonly inFee: TransferFee;
  readonly outFee: TransferFee;
  /** Balances of the vaults. */
  readonly vaultIn: bigint;
  readonly vaultOut: bigint;
}

/** A swap as the program carries it out. */
export interface ClmmSwap extends PoolQuote {
  /** What leaves the vault, of which a transfer fee may still be withheld. */
  readonly sentAmount: bigint;
  readonly walk: Walk;
}

/** How a swap is carried out beyond what a quote asks: for the program itself. */
export interface SwapOptions {
  /** Partial fills end here; without one they are refused. */
  readonly sqrtPriceLimit?: bigint;
  readonly observer?: WalkObserver;
}

/** What `amount` sent by the wallet brings. Every fee rounds up and every output down, in the pool's favour. */
export function swapExactIn(side: ClmmSide, amount: bigint, options: SwapOptions = {}): ClmmSwap | PoolRefusal {
  const arrived = amount - transferFee(side.inFee, amount);
  if (arrived <= 0n) return refuse('amount-too-small');
  const walk = walkOf(side, true, arrived, options);
  const refusal = walk.run();
  if (refusal !== null) return refusal;
  const used = arrived - walk.remaining;
  const inAmount = walk.remaining === 0n ? amount : grossUpTransfer(side.inFee, used);
  return settled(side, walk, options, { inAmount, used, sentAmount: walk.other });
}

/** What the wallet must send for `amount` to arrive in it. Every input rounds up. */
export function swapExactOut(side: ClmmSide, amount: bigint, options: SwapOptions = {}): ClmmSwap | PoolRefusal {
  const wanted = grossUpTransfer(side.outFee, amount);
  if (wanted === null || wanted > U64_MAX) return refuse('out-of-range');
  const walk = walkOf(side, false, wanted, options);
  const refusal = walk.run();
  if (refusal !== null) return refusal;
  const inAmount = grossUpTransfer(side.inFee, walk.other);
  return settled(side, walk, options, { inAmount, used: walk.other, sentAmount: wanted - walk.remaining });
}

function walkOf(side: ClmmSide, exactIn: boolean, amount: bigint, { sqrtPriceLimit, observer }: SwapOptions): Walk {
  return new Walk(side.terms(exactIn, sqrtPriceLimit ?? furthestPrice(side.zeroForOne)), amount, observer);
}

interface Settlement {
  readonly inAmount: bigint | null;
  /** What reaches the vault. */
  readonly used: bigint;
  readonly sentAmount: bigint;
}

function settled(
  side: ClmmSide,
  walk: Walk,
  options: SwapOptions,
  { inAmount, used, sentAmount }: Settlement,
): ClmmSwap | PoolRefusal {
  if (walk.remaining > 0n && options.sqrtPriceLimit === undefined) return refuse('insufficient-liquidity');
  if (inAmount === null || inAmount > U64_MAX || side.vaultIn + used > U64_MAX) return refuse('out-of-range');
  const outAmount = sentAmount - transferFee(side.outFee, sentAmount);
  if (used === 0n || outAmount <= 0n) return refuse('amount-too-small');
  if (sentAmount > side.vaultOut) return refuse('insufficient-liquidity');
  return {
    ok: true,
    inAmount,
    outAmount,
    sentAmount,
    curveInAmount: walk.curveIn,
    curveOutAmount: walk.curveOut,
    path: walk.path(),
    walk,
  };
}
