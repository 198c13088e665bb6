import type { Address } from '../../../../kernel/address.js';
import { divCeil } from '../../../../kernel/math.js';
import type { ChainTime } from '../../../../chain/account.js';
import {
  objectionTo,
  type Pool,
  type QuoteResult,
  type RefusalReason,
  refuse,
  type SpotPrice,
} from '../../../domain/pool.js';
import type { SwapRequest } from '../../../domain/swap.js';
import { ONE_Q64 } from '../../q64.js';
import { transferFeeAt, type TransferFeeSchedule } from '../../token-2022.js';
import { arrayIndexOf } from '../layout/bin-array.js';
import {
  ACTIVATION_BY,
  COLLECT_FEE_MODE,
  type DlmmPairState,
  FUNCTION_TYPE,
  NO_MINT,
  PAIR_TYPE,
} from '../layout/lb-pair.js';
import type { BinArrayBitmap } from './bitmap.js';
import { baseFeeRate, FEE_DENOMINATOR, feeRate, volatilityIn, volatilityReferenceAt } from './fee.js';
import { swapExactIn, swapExactOut, type TransferFees } from './swap.js';
import type { BinArrays, DlmmSide } from './walk.js';

export interface DlmmPoolParts {
  readonly address: Address;
  readonly state: DlmmPairState;
  /** Of the active bin, Q64.64. */
  readonly price: bigint;
  readonly bitmap: BinArrayBitmap;
  /** Where the bitmap extension lies, when the pair has one. */
  readonly extension: Address | null;
  readonly arrays: BinArrays;
  readonly transferFees: readonly [TransferFeeSchedule | null, TransferFeeSchedule | null];
}

/** A decoded DLMM pair. Its parts are checked by the decoder; bin arrays are read as swaps reach them. */
export class DlmmPool implements Pool {
  readonly venue = 'meteora';
  readonly program = 'dlmm';
  readonly swapAccounts = 16;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly state: DlmmPairState;
  readonly extension: Address | null;

  constructor(private readonly parts: DlmmPoolParts) {
    this.address = parts.address;
    this.state = parts.state;
    this.extension = parts.extension;
    this.mints = [parts.state.keys.mintX, parts.state.keys.mintY];
  }

  feeBps(time: ChainTime): number {
    const { state } = this;
    const volatility = volatilityIn(state, volatilityReferenceAt(state, time.unixTimestamp), state.activeId);
    return Number(divCeil(feeRate(state, baseFeeRate(state), volatility) * 10_000n, FEE_DENOMINATOR));
  }

  refusal(time: ChainTime): RefusalReason | null {
    const { status, pairType, activationType, activationPoint } = this.state;
    if (status !== 0) return 'disabled';
    if (pairType !== PAIR_TYPE.permissioned && pairType !== PAIR_TYPE.customizable) return null;
    const point = activationType === ACTIVATION_BY.slot ? time.slot : time.unixTimestamp;
    return point < activationPoint ? 'not-open-yet' : null;
  }

  quote(request: SwapRequest, time: ChainTime): QuoteResult {
    const objection = objectionTo(this, request, time);
    if (objection !== null) return refuse(objection);
    const xToY = request.inputMint === this.mints[0];
    const swap = request.swapMode === 'ExactIn' ? swapExactIn : swapExactOut;
    return swap(this.side(xToY, time.unixTimestamp), this.transferFees(xToY, time.epoch), request.amount);
  }

  spotPrice(inputMint: Address): SpotPrice {
    const { price } = this.parts;
    return inputMint === this.mints[0]
      ? { numerator: price, denominator: ONE_Q64 }
      : { numerator: ONE_Q64, denominator: price };
  }

  /** The direction of a swap at a time (Unix seconds). */
  side(xToY: boolean, now: bigint): DlmmSide {
    const { state, bitmap, arrays } = this.parts;
    return {
      pair: state,
      bitmap,
      arrays,
      xToY,
      withOrders: takesOrders(state),
      feeOnOutput: state.collectFeeMode === COLLECT_FEE_MODE.onlyY && xToY,
      reference: volatilityReferenceAt(state, now),
    };
  }

  transferFees(xToY: boolean, epoch: bigint): TransferFees {
    const feeX = transferFeeAt(this.parts.transferFees[0], epoch);
    const feeY = transferFeeAt(this.parts.transferFees[1], epoch);
    return xToY ? { inFee: feeX, outFee: feeY } : { inFee: feeY, outFee: feeX };
  }

  /** The indexes of existing arrays from the active bin on, in travel order, `count` at most. */
  arraysAhead(xToY: boolean, count: number): readonly number[] {
    return existingArrays(this.parts.bitmap, this.state.activeId, xToY, count);
  }
}

/** The indexes of the arrays that a bitmap tells of from a bin on, in travel order, `count` at most. */
export function existingArrays(
  bitmap: BinArrayBitmap,
  activeId: number,
  downwards: boolean,
  count: number,
): readonly number[] {
  const found: number[] = [];
  let index = bitmap.nearest(arrayIndexOf(activeId), downwards);
  while (index !== null && found.length < count) {
    found.push(index);
    index = bitmap.nearest(downwards ? index - 1 : index + 1, downwards);
  }
  return found;
}

/** Pairs hold limit orders by their kind; those of old by having no rewards. */
function takesOrders({ functionType, rewardMints }: DlmmPairState): boolean {
  if (functionType === FUNCTION_TYPE.limitOrder) return true;
  return functionType === FUNCTION_TYPE.undetermined && rewardMints.every((mint) => mint === NO_MINT);
}
