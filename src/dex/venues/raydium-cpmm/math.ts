import type { Address } from '../../../kernel/address.js';
import { divCeil, mulDivCeil, mulDivFloor, U64_MAX } from '../../../kernel/math.js';
import type { ChainTime } from '../../../chain/account.js';
import {
  objectionTo,
  type Pool,
  type PoolQuote,
  type PoolRefusal,
  type QuoteResult,
  type RefusalReason,
  refuse,
  type SpotPrice,
} from '../../domain/pool.js';
import type { SwapRequest } from '../../domain/swap.js';
import {
  grossUpTransfer,
  transferFee,
  type TransferFee,
  transferFeeAt,
  type TransferFeeSchedule,
} from '../token-2022.js';
import { type CpmmConfigState, type CpmmPoolState, CREATOR_FEE_ON } from './layout.js';

/** Denominator of every rate (cp-swap `FEE_RATE_DENOMINATOR_VALUE`). */
export const CPMM_RATE_DENOMINATOR = 1_000_000n;
const SWAPS_CLOSED = 4;

/** One direction of a pool at one moment: what a swap's amounts depend on. */
export interface CpmmSide {
  readonly reserveIn: bigint;
  readonly reserveOut: bigint;
  readonly tradeRate: bigint;
  readonly creatorRate: bigint;
  /** Whether the creator's fee comes off the input; otherwise it comes off the output. */
  readonly creatorFeeOnInput: boolean;
  readonly inFee: TransferFee;
  readonly outFee: TransferFee;
}

/** A swap as the program carries it out. The trade fee is in the input token, the creator's in the token of its side. */
export interface CpmmSwap extends PoolQuote {
  /** What leaves the vault, of which a transfer fee may still be withheld. */
  readonly sentAmount: bigint;
  readonly tradeFee: bigint;
  readonly creatorFee: bigint;
}

/** What `amount` sent by the wallet brings. Every fee rounds up and every output down, in the pool's favour. */
export function swapExactIn(side: CpmmSide, amount: bigint): CpmmSwap | PoolRefusal {
  const { reserveIn, reserveOut, tradeRate, creatorRate } = side;
  const arrived = amount - transferFee(side.inFee, amount);
  if (arrived <= 0n) return refuse('amount-too-small');
  if (reserveIn + arrived > U64_MAX) return refuse('out-of-range');

  const inputRate = side.creatorFeeOnInput ? tradeRate + creatorRate : tradeRate;
  const inputFee = mulDivCeil(arrived, inputRate, CPMM_RATE_DENOMINATOR);
  const curveIn = arrived - inputFee;
  const curveOut = mulDivFloor(curveIn, reserveOut, reserveIn + curveIn);

  const outputFee = side.creatorFeeOnInput ? 0n : mulDivCeil(curveOut, creatorRate, CPMM_RATE_DENOMINATOR);
  const left = curveOut - outputFee;
  const outAmount = left - transferFee(side.outFee, left);
  if (outAmount <= 0n) return refuse('amount-too-small');

  const creatorFee = side.creatorFeeOnInput ? creatorShare(inputFee, tradeRate, creatorRate) : outputFee;
  const tradeFee = side.creatorFeeOnInput ? inputFee - creatorFee : inputFee;
  return {
    ok: true,
    inAmount: amount,
    outAmount,
    sentAmount: left,
    curveInAmount: curveIn,
    curveOutAmount: curveOut,
    tradeFee,
    creatorFee,
  };
}

/** What the wallet must send for `amount` to arrive in it. Every input rounds up. */
export function swapExactOut(side: CpmmSide, amount: bigint): CpmmSwap | PoolRefusal {
  const { reserveIn, reserveOut, tradeRate, creatorRate } = side;
  const left = grossUpTransfer(side.outFee, amount);
  if (left === null) return refuse('out-of-range');
  const curveOut = side.creatorFeeOnInput ? left : beforeFee(left, creatorRate);
  if (curveOut >= reserveOut) return refuse('insufficient-liquidity');

  const curveIn = mulDivCeil(reserveIn, curveOut, reserveOut - curveOut);
  const arrived = beforeFee(curveIn, side.creatorFeeOnInput ? tradeRate + creatorRate : tradeRate);
  const inAmount = grossUpTransfer(side.inFee, arrived);
  if (inAmount === null || inAmount > U64_MAX || reserveIn + arrived > U64_MAX) return refuse('out-of-range');
  if (inAmount === 0n) return refuse('amount-too-small');

  const inputFee = arrived - curveIn;
  const creatorFee = side.creatorFeeOnInput ? creatorShare(inputFee, tradeRate, creatorRate) : curveOut - left;
  const tradeFee = side.creatorFeeOnInput ? inputFee - creatorFee : inputFee;
  return {
    ok: true,
    inAmount,
    outAmount: amount,
    sentAmount: left,
    curveInAmount: curveIn,
    curveOutAmount: curveOut,
    tradeFee,
    creatorFee,
  };
}

/** The amount that leaves `net` after a fee of `rate`, rounded up. `rate` is below the denominator. */
function beforeFee(net: bigint, rate: bigint): bigint {
  return rate === 0n ? net : mulDivCeil(net, CPMM_RATE_DENOMINATOR, CPMM_RATE_DENOMINATOR - rate);
}

/** The creator's part of a fee taken in one go, rounded down as the program does. */
function creatorShare(fee: bigint, tradeRate: bigint, creatorRate: bigint): bigint {
  return creatorRate === 0n ? 0n : mulDivFloor(fee, creatorRate, tradeRate + creatorRate);
}

/** What of a vault's balance belongs to the pool's price: fees kept for others do not. */
export function reservesOf(state: CpmmPoolState, vault0: bigint, vault1: bigint): readonly [bigint, bigint] {
  return [
    vault0 - state.protocolFees0 - state.fundFees0 - state.creatorFees0,
    vault1 - state.protocolFees1 - state.fundFees1 - state.creatorFees1,
  ];
}

function creatorFeeIsOnInput(creatorFeeOn: number, zeroForOne: boolean): boolean {
  if (creatorFeeOn === CREATOR_FEE_ON.both) return true;
  return (creatorFeeOn === CREATOR_FEE_ON.token0) === zeroForOne;
}

export interface CpmmPoolParts {
  readonly address: Address;
  readonly state: CpmmPoolState;
  readonly config: CpmmConfigState;
  /** Both above zero. */
  readonly reserves: readonly [bigint, bigint];
  readonly transferFees: readonly [TransferFeeSchedule | null, TransferFeeSchedule | null];
}

/** A decoded constant-product pool. Its parts are checked by the decoder; quotes only do arithmetic. */
export class CpmmPool implements Pool {
  readonly venue = 'raydium';
  readonly program = 'cpmm';
  readonly swapAccounts = 13;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly state: CpmmPoolState;
  readonly config: CpmmConfigState;
  private readonly creatorRate: bigint;

  constructor(private readonly parts: CpmmPoolParts) {
    const { state } = parts;
    this.address = parts.address;
    this.state = state;
    this.config = parts.config;
    this.mints = [state.keys.mint0, state.keys.mint1];
    this.creatorRate = state.enableCreatorFee ? parts.config.creatorRate : 0n;
  }

  feeBps(): number {
    return Number(divCeil((this.parts.config.tradeRate + this.creatorRate) * 10_000n, CPMM_RATE_DENOMINATOR));
  }

  refusal(time: ChainTime): RefusalReason | null {
    if ((this.state.status & SWAPS_CLOSED) !== 0) return 'disabled';
    return time.unixTimestamp < this.state.openTime ? 'not-open-yet' : null;
  }

  quote(request: SwapRequest, time: ChainTime): QuoteResult {
    const objection = objectionTo(this, request, time);
    if (objection !== null) return refuse(objection);
    const zeroForOne = request.inputMint === this.mints[0];
    const side = this.side(zeroForOne, time.epoch);
    return request.swapMode === 'ExactIn' ? swapExactIn(side, request.amount) : swapExactOut(side, request.amount);
  }

  spotPrice(inputMint: Address): SpotPrice {
    const [reserve0, reserve1] = this.parts.reserves;
    return inputMint === this.mints[0]
      ? { numerator: reserve1, denominator: reserve0 }
      : { numerator: reserve0, denominator: reserve1 };
  }

  /** The direction of a swap at an epoch. */
  side(zeroForOne: boolean, epoch: bigint): CpmmSide {
    const { config, reserves, transferFees } = this.parts;
    const fee0 = transferFeeAt(transferFees[0], epoch);
    const fee1 = transferFeeAt(transferFees[1], epoch);
    return {
      reserveIn: zeroForOne ? reserves[0] : reserves[1],
      reserveOut: zeroForOne ? reserves[1] : reserves[0],
      tradeRate: config.tradeRate,
      creatorRate: this.creatorRate,
      creatorFeeOnInput: creatorFeeIsOnInput(this.state.creatorFeeOn, zeroForOne),
      inFee: zeroForOne ? fee0 : fee1,
      outFee: zeroForOne ? fee1 : fee0,
    };
  }
}

/** The pool after a swap, as the program books it; the vaults themselves move by the transfers. */
export function stateAfterSwap(pool: CpmmPool, zeroForOne: boolean, swap: CpmmSwap): CpmmPoolState {
  const { state, config } = pool;
  const protocol = mulDivFloor(swap.tradeFee, config.protocolRate, CPMM_RATE_DENOMINATOR);
  const fund = mulDivFloor(swap.tradeFee, config.fundRate, CPMM_RATE_DENOMINATOR);
  const creatorIn0 = zeroForOne === creatorFeeIsOnInput(state.creatorFeeOn, zeroForOne);
  return {
    ...state,
    protocolFees0: state.protocolFees0 + (zeroForOne ? protocol : 0n),
    protocolFees1: state.protocolFees1 + (zeroForOne ? 0n : protocol),
    fundFees0: state.fundFees0 + (zeroForOne ? fund : 0n),
    fundFees1: state.fundFees1 + (zeroForOne ? 0n : fund),
    creatorFees0: state.creatorFees0 + (creatorIn0 ? swap.creatorFee : 0n),
    creatorFees1: state.creatorFees1 + (creatorIn0 ? 0n : swap.creatorFee),
  };
}
