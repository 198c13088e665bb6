import { type Address, addressFromBytes } from '../../src/kernel/address.js';
import { divCeil, mulDivCeil, mulDivFloor } from '../../src/kernel/math.js';
import type { ChainTime } from '../../src/chain/account.js';
import { type Pool, type QuoteResult, refuse, type SpotPrice } from '../../src/dex/domain/pool.js';
import type { SwapRequest } from '../../src/dex/domain/swap.js';

export const TIME: ChainTime = { slot: 1n, unixTimestamp: 1n, epoch: 1n };

/** An address that sorts by its number. */
export function numberedAddress(number: number): Address {
  return addressFromBytes(new Uint8Array(32).fill(number + 1));
}

/** The simplest pool whose price moves: a constant product with a fee on the input. Fake, but a real curve. */
export class CurvePool implements Pool {
  readonly venue = 'raydium';
  readonly program = 'cpmm';
  readonly swapAccounts = 13;

  constructor(
    readonly address: Address,
    readonly mints: readonly [Address, Address],
    private readonly reserves: readonly [bigint, bigint],
    private readonly fee = 25n,
  ) {}

  feeBps(): number {
    return Number(this.fee);
  }

  refusal(): null {
    return null;
  }

  quote({ swapMode, inputMint, amount }: SwapRequest): QuoteResult {
    const [x, y] = this.oriented(inputMint);
    if (amount <= 0n) return refuse('amount-too-small');
    if (swapMode === 'ExactOut') {
      if (amount >= y) return refuse('insufficient-liquidity');
      const net = mulDivCeil(x, amount, y - amount);
      const inAmount = divCeil(net * 10_000n, 10_000n - this.fee);
      return { ok: true, inAmount, outAmount: amount, curveInAmount: net, curveOutAmount: amount };
    }
    const net = mulDivFloor(amount, 10_000n - this.fee, 10_000n);
    const outAmount = mulDivFloor(y, net, x + net);
    if (outAmount === 0n) return refuse('amount-too-small');
    return { ok: true, inAmount: amount, outAmount, curveInAmount: net, curveOutAmount: outAmount };
  }

  spotPrice(inputMint: Address): SpotPrice {
    const [denominator, numerator] = this.oriented(inputMint);
    return { numerator, denominator };
  }

  private oriented(inputMint: Address): readonly [bigint, bigint] {
    const [a, b] = this.reserves;
    return inputMint === this.mints[0] ? [a, b] : [b, a];
  }
}
