import { amount0In, amount0Out, amount1In, amount1Out } from './amounts.js';

/** A stretch of constant liquidity between two prices, in the direction of a swap. Its amounts are computed when first asked for. */
export class Segment {
  private knownIn: bigint | undefined;
  private knownOut: bigint | undefined;

  constructor(
    readonly from: bigint,
    readonly to: bigint,
    readonly liquidity: bigint,
    readonly zeroForOne: boolean,
  ) {}

  /** What has to enter to walk it whole, rounded up; may be beyond u64. */
  get amountIn(): bigint {
    this.knownIn ??= this.zeroForOne
      ? amount0In(this.to, this.from, this.liquidity)
      : amount1In(this.from, this.to, this.liquidity);
    return this.knownIn;
  }

  /** What leaves when it is walked whole, rounded down; may be beyond u64. */
  get amountOut(): bigint {
    this.knownOut ??= this.zeroForOne
      ? amount1Out(this.to, this.from, this.liquidity)
      : amount0Out(this.from, this.to, this.liquidity);
    return this.knownOut;
  }
}
