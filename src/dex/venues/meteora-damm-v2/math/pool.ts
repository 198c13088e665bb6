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
import { transferFeeAt, type TransferFeeSchedule } from '../../token-2022.js';
import { ACTIVATION_BY, COLLECT_FEE, type DammV2State } from '../layout.js';
import { FEE_DENOMINATOR } from './base-fee.js';
import { type DammV2Side, displayNumerator, swapExactIn, swapExactOut } from './swap.js';

export interface DammV2PoolParts {
  readonly address: Address;
  readonly state: DammV2State;
  readonly transferFees: readonly [TransferFeeSchedule | null, TransferFeeSchedule | null];
}

/** A decoded DAMM v2 pool. Its parts are checked by the decoder; quotes only do arithmetic. */
export class DammV2Pool implements Pool {
  readonly venue = 'meteora';
  readonly program = 'damm-v2';
  readonly swapAccounts = 14;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly state: DammV2State;

  constructor(private readonly parts: DammV2PoolParts) {
    this.address = parts.address;
    this.state = parts.state;
    this.mints = [parts.state.keys.mintA, parts.state.keys.mintB];
  }

  feeBps(time: ChainTime): number {
    const numerator = displayNumerator(this.state, this.point(time));
    return numerator === null ? 0 : Number(divCeil(numerator * 10_000n, FEE_DENOMINATOR));
  }

  refusal(time: ChainTime): RefusalReason | null {
    if (this.state.status !== 0) return 'disabled';
    return this.point(time) < this.state.activationPoint ? 'not-open-yet' : null;
  }

  quote(request: SwapRequest, time: ChainTime): QuoteResult {
    const objection = objectionTo(this, request, time);
    if (objection !== null) return refuse(objection);
    const aToB = request.inputMint === this.mints[0];
    const side = this.side(aToB, time);
    const swap =
      request.swapMode === 'ExactIn' ? swapExactIn(side, request.amount) : swapExactOut(side, request.amount);
    return swap.ok && swap.outAmount <= 0n ? refuse('amount-too-small') : swap;
  }

  spotPrice(inputMint: Address): SpotPrice {
    const { state } = this;
    const compounds = state.collectFeeMode === COLLECT_FEE.compounding;
    const [bPerA, one] = compounds ? [state.reserveB, state.reserveA] : [state.sqrtPrice * state.sqrtPrice, 1n << 128n];
    return inputMint === this.mints[0]
      ? { numerator: bPerA, denominator: one }
      : { numerator: one, denominator: bPerA };
  }

  /** The direction of a swap at a time. */
  side(aToB: boolean, time: ChainTime): DammV2Side {
    const { state, transferFees } = this.parts;
    const feeA = transferFeeAt(transferFees[0], time.epoch);
    const feeB = transferFeeAt(transferFees[1], time.epoch);
    return { state, aToB, point: this.point(time), inFee: aToB ? feeA : feeB, outFee: aToB ? feeB : feeA };
  }

  private point(time: ChainTime): bigint {
    return this.state.activationType === ACTIVATION_BY.slot ? time.slot : time.unixTimestamp;
  }
}
