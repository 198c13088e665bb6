import { U64_MAX } from '../../../../kernel/math.js';
import { type PoolQuote, type PoolRefusal, refuse } from '../../../domain/pool.js';
import { grossUpTransfer, transferFee, type TransferFee } from '../../token-2022.js';
import { type DlmmSide, type UsedBin, type Walk, walkBins } from './walk.js';

/** What the two mints withhold from transfers. */
export interface TransferFees {
  readonly inFee: TransferFee;
  readonly outFee: TransferFee;
}

/** A swap as the program carries it out. */
export interface DlmmSwap extends PoolQuote {
  /** What leaves the vault, of which a transfer fee may still be withheld. */
  readonly sentAmount: bigint;
  readonly walk: Walk;
}

/** What `amount` sent by the wallet brings: all of it is used, and something has to arrive. */
export function swapExactIn(
  side: DlmmSide,
  { inFee, outFee }: TransferFees,
  amount: bigint,
  use?: (bin: UsedBin) => void,
): DlmmSwap | PoolRefusal {
  const arrived = amount - transferFee(inFee, amount);
  if (arrived <= 0n) return refuse('amount-too-small');
  const walk = walkBins(side, true, arrived, use);
  if (!walk.ok) return walk;
  const sentAmount = walk.outAmount;
  const outAmount = sentAmount - transferFee(outFee, sentAmount);
  if (outAmount <= 0n) return refuse('amount-too-small');
  return swapOf(walk, amount, outAmount, sentAmount);
}

/** What the wallet must send for `amount` to arrive in it. */
export function swapExactOut(
  side: DlmmSide,
  { inFee, outFee }: TransferFees,
  amount: bigint,
  use?: (bin: UsedBin) => void,
): DlmmSwap | PoolRefusal {
  const sentAmount = grossUpTransfer(outFee, amount);
  if (sentAmount === null || sentAmount > U64_MAX) return refuse('out-of-range');
  const walk = walkBins(side, false, sentAmount, use);
  if (!walk.ok) return walk;
  const inAmount = grossUpTransfer(inFee, walk.inAmount);
  if (inAmount === null || inAmount > U64_MAX) return refuse('out-of-range');
  return swapOf(walk, inAmount, amount, sentAmount);
}

function swapOf(walk: Walk, inAmount: bigint, outAmount: bigint, sentAmount: bigint): DlmmSwap {
  return {
    ok: true,
    inAmount,
    outAmount,
    curveInAmount: walk.curveInAmount,
    curveOutAmount: walk.curveOutAmount,
    path: { arrays: walk.arrays, steps: walk.steps },
    sentAmount,
    walk,
  };
}
