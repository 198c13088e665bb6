import type { Address } from '../../../../kernel/address.js';
import { divCeil } from '../../../../kernel/math.js';
import type { ChainTime } from '../../../../chain/account.js';
import {
  objectionTo,
  type Pool,
  type PoolQuote,
  type QuoteResult,
  type RefusalReason,
  refuse,
  type SpotPrice,
} from '../../../domain/pool.js';
import type { SwapRequest } from '../../../domain/swap.js';
import { transferFeeAt, type TransferFeeSchedule } from '../../token-2022.js';
import type { ClmmConfigState } from '../layout/config.js';
import { type ClmmPoolState, FEE_ON } from '../layout/pool.js';
import type { ArrayBitmap } from './array-bitmap.js';
import { Ladder, type LocatedArray } from './ladder.js';
import { RATE_DENOMINATOR } from './step.js';
import { type ClmmSide, type ClmmSwap, swapExactIn, swapExactOut } from './swap.js';
import { Volatility } from './volatility.js';

const SWAPS_CLOSED = 16;

export interface ClmmPoolParts {
  readonly address: Address;
  readonly state: ClmmPoolState;
  readonly config: ClmmConfigState;
  readonly bitmap: ArrayBitmap;
  /** Those around the price that were read, by start. */
  readonly arrays: ReadonlyMap<number, LocatedArray>;
  /** Balances of the vaults. */
  readonly balances: readonly [bigint, bigint];
  readonly tokenPrograms: readonly [Address, Address];
  readonly transferFees: readonly [TransferFeeSchedule | null, TransferFeeSchedule | null];
  /** The account beside the pool's own bitmap, where the pool can have one and it was read. */
  readonly extension: Address | null;
}

/** A decoded concentrated pool. Its parts are checked by the decoder; quotes only do arithmetic. */
export class ClmmPool implements Pool {
  readonly venue = 'raydium';
  readonly program = 'clmm';
  readonly swapAccounts = 13;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly state: ClmmPoolState;
  private down: Ladder | undefined;
  private up: Ladder | undefined;

  constructor(readonly parts: ClmmPoolParts) {
    this.address = parts.address;
    this.state = parts.state;
    this.mints = [parts.state.keys.mint0, parts.state.keys.mint1];
  }

  feeBps(time: ChainTime): number {
    const { tradeRate } = this.parts.config;
    const rate = this.volatilityAt(time)?.nextRate(tradeRate) ?? tradeRate;
    return Number(divCeil(rate * 10_000n, RATE_DENOMINATOR));
  }

  refusal(time: ChainTime): RefusalReason | null {
    if ((this.state.status & SWAPS_CLOSED) !== 0) return 'disabled';
    return time.unixTimestamp <= this.state.openTime ? 'not-open-yet' : null;
  }

  quote(request: SwapRequest, time: ChainTime): QuoteResult {
    const objection = objectionTo(this, request, time);
    if (objection !== null) return refuse(objection);
    const zeroForOne = request.inputMint === this.mints[0];
    const side = this.side(zeroForOne, time);
    const swap =
      request.swapMode === 'ExactIn' ? swapExactIn(side, request.amount) : swapExactOut(side, request.amount);
    return swap.ok ? quoteOf(swap) : swap;
  }

  spotPrice(inputMint: Address): SpotPrice {
    const squared = this.state.sqrtPrice * this.state.sqrtPrice;
    const one = 1n << 128n;
    return inputMint === this.mints[0]
      ? { numerator: squared, denominator: one }
      : { numerator: one, denominator: squared };
  }

  /** The direction of a swap at a time. */
  side(zeroForOne: boolean, time: ChainTime): ClmmSide {
    const { state, config, balances, transferFees } = this.parts;
    const feeOnInput = feeIsOnInput(state.feeOn, zeroForOne);
    const fee0 = transferFeeAt(transferFees[0], time.epoch);
    const fee1 = transferFeeAt(transferFees[1], time.epoch);
    return {
      zeroForOne,
      terms: (exactIn, sqrtPriceLimit) => ({
        ladder: this.ladder(zeroForOne),
        zeroForOne,
        kind: { exactIn, feeOnInput },
        sqrtPriceLimit,
        sqrtPrice: state.sqrtPrice,
        tick: state.tick,
        baseRate: config.tradeRate,
        volatility: this.volatilityAt(time),
      }),
      inFee: zeroForOne ? fee0 : fee1,
      outFee: zeroForOne ? fee1 : fee0,
      vaultIn: balances[zeroForOne ? 0 : 1],
      vaultOut: balances[zeroForOne ? 1 : 0],
    };
  }

  private ladder(zeroForOne: boolean): Ladder {
    const { state, bitmap, arrays } = this.parts;
    const { tickSpacing, sqrtPrice, tick, liquidity } = state;
    const build = () => new Ladder({ tickSpacing, sqrtPrice, tick, liquidity, bitmap, arrays }, zeroForOne);
    return zeroForOne ? (this.down ??= build()) : (this.up ??= build());
  }

  private volatilityAt({ unixTimestamp }: ChainTime): Volatility | null {
    const { dynamicFee, tickSpacing, tick } = this.state;
    return dynamicFee && new Volatility(dynamicFee, tickSpacing, tick, unixTimestamp);
  }
}

/** Only what a quote says: the walk belongs to the program. */
function quoteOf({ inAmount, outAmount, curveInAmount, curveOutAmount, walk }: ClmmSwap): PoolQuote {
  return { ok: true, inAmount, outAmount, curveInAmount, curveOutAmount, path: walk.path() };
}

/** Unknown values count as "the input", as in the program. */
export function feeIsOnInput(feeOn: number, zeroForOne: boolean): boolean {
  if (feeOn === FEE_ON.token0) return zeroForOne;
  if (feeOn === FEE_ON.token1) return !zeroForOne;
  return true;
}
