import { mulDivFloor } from '../../../../kernel/math.js';
import type { LimitOrders } from '../layout/tick-array.js';
import type { Rung } from './ladder.js';
import { RATE_DENOMINATOR } from './step.js';
import type { WalkObserver } from './walk.js';

/** Shares of the swap fee, over 1,000,000. */
export interface FeeShares {
  readonly protocolRate: bigint;
  readonly fundRate: bigint;
}

/** A tick that a swap touched. */
export interface TouchedTick {
  readonly rung: Rung;
  /** Left of the orders when some were filled. */
  readonly orders: LimitOrders | null;
  readonly isCrossed: boolean;
  /** The growth of the fee token when it was. */
  readonly feeGrowth: bigint;
}

/** How the program books a swap's fees: each part rounds down, liquidity providers get the rest by their share of the liquidity. */
export class SwapBooks implements WalkObserver {
  protocolFee = 0n;
  fundFee = 0n;
  readonly ticks: TouchedTick[] = [];

  constructor(
    private readonly shares: FeeShares,
    /** Of the token that pays the fee, Q64.64 and wrapping. */
    public feeGrowth: bigint,
  ) {}

  paid(fee: bigint, liquidity: bigint): void {
    const protocol = mulDivFloor(fee, this.shares.protocolRate, RATE_DENOMINATOR);
    const fund = mulDivFloor(fee, this.shares.fundRate, RATE_DENOMINATOR);
    const rest = fee - protocol - fund;
    this.fundFee += fund;
    // Where nobody provides liquidity (orders alone were filled) the rest is the protocol's.
    this.protocolFee += liquidity > 0n ? protocol : protocol + rest;
    if (liquidity > 0n) this.feeGrowth = BigInt.asUintN(128, this.feeGrowth + (rest << 64n) / liquidity);
  }

  touched(rung: Rung, orders: LimitOrders | null, isCrossed: boolean): void {
    this.ticks.push({ rung, orders, isCrossed, feeGrowth: this.feeGrowth });
  }
}
