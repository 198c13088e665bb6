import type { Address } from '../../../../kernel/address.js';
import { U64_MAX } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import { arrayIndexOf, type BinArray, BINS_PER_ARRAY } from '../layout/bin-array.js';
import type { DlmmPairState } from '../layout/lb-pair.js';
import { type BinSwap, type BinTerms, swapBinExactIn, swapBinExactOut } from './bin.js';
import type { BinArrayBitmap } from './bitmap.js';
import { baseFeeRate, feeRate, volatilityIn, type VolatilityReference } from './fee.js';
import { BIN_ID_LIMIT, binPrice } from './price.js';

/** A bin array as read, under its address. */
export interface ReadBinArray {
  readonly ok: true;
  readonly address: Address;
  readonly bins: BinArray;
}

/** The bin arrays of a pair by their index; refuses those that were not read or are not what they should be. */
export interface BinArrays {
  at(index: number): ReadBinArray | PoolRefusal;
}

/** A direction of a pair at one moment. */
export interface DlmmSide {
  readonly pair: DlmmPairState;
  readonly bitmap: BinArrayBitmap;
  readonly arrays: BinArrays;
  readonly xToY: boolean;
  readonly withOrders: boolean;
  readonly feeOnOutput: boolean;
  readonly reference: VolatilityReference;
}

/** A bin that a swap used, in the order of use. */
export interface UsedBin {
  readonly id: number;
  readonly swap: BinSwap;
}

/** A swap through the bins, transfer fees aside. */
export interface Walk {
  readonly ok: true;
  /** With the swap fee, where it comes off the input. */
  readonly inAmount: bigint;
  /** After the swap fee, where it comes off the output. */
  readonly outAmount: bigint;
  /** What reached and left the bins. */
  readonly curveInAmount: bigint;
  readonly curveOutAmount: bigint;
  readonly activeId: number;
  readonly volatility: number;
  readonly arrays: readonly Address[];
  /** Bins used. */
  readonly steps: number;
}

/** No input brings exactly the amount: a unit more or less may be had (the program's error 6085). */
export const UNRECONCILED = refuse('out-of-range');

/** Gives `amount` to the bins, or takes it from them, from the active one on; tells `use` of every bin used. */
export function walkBins(
  side: DlmmSide,
  exactIn: boolean,
  amount: bigint,
  use?: (bin: UsedBin) => void,
): Walk | PoolRefusal {
  return new BinWalk(side, exactIn, amount, use).run();
}

class BinWalk {
  private id: number;
  private inAmount = 0n;
  private outAmount = 0n;
  private curveInAmount = 0n;
  private curveOutAmount = 0n;
  private steps = 0;
  private volatility: number;
  /** The rate at `volatility`, which stands still at its maximum. */
  private rate: bigint | null = null;
  private readonly base: bigint;
  private readonly step: number;
  private readonly addresses: Address[] = [];

  constructor(
    private readonly side: DlmmSide,
    private readonly exactIn: boolean,
    private left: bigint,
    private readonly use: ((bin: UsedBin) => void) | undefined,
  ) {
    this.id = side.pair.activeId;
    this.volatility = side.pair.volatility;
    this.base = baseFeeRate(side.pair);
    this.step = side.xToY ? -1 : 1;
  }

  run(): Walk | PoolRefusal {
    const { bitmap, arrays, xToY } = this.side;
    let from = arrayIndexOf(this.id);
    while (this.left > 0n) {
      const index = bitmap.nearest(from, xToY);
      if (index === null) return refuse('insufficient-liquidity');
      const array = arrays.at(index);
      if (!array.ok) return array;
      this.addresses.push(array.address);
      const first = index * BINS_PER_ARRAY;
      if (arrayIndexOf(this.id) !== index) this.id = xToY ? first + BINS_PER_ARRAY - 1 : first;
      const refusal = this.throughArray(array.bins, first);
      if (refusal !== null) return refusal;
      from = index + this.step;
    }
    return this.result();
  }

  /** Leaves the id at the bin where nothing was left, or just outside the array. */
  private throughArray(bins: BinArray, first: number): PoolRefusal | null {
    const { xToY, withOrders } = this.side;
    for (let place = this.id - first; place >= 0 && place < BINS_PER_ARRAY; place += this.step) {
      this.id = first + place;
      if (bins.isEmpty(place, xToY, withOrders)) continue;
      const refusal = this.throughBin(bins, place);
      if (refusal !== null || this.left === 0n) return refusal;
    }
    this.id += this.step;
    return null;
  }

  private throughBin(bins: BinArray, place: number): PoolRefusal | null {
    const { pair, xToY, withOrders, feeOnOutput } = this.side;
    if (Math.abs(this.id) > BIN_ID_LIMIT) return refuse('insufficient-liquidity');
    const price = bins.price(place) || binPrice(pair.binStep, this.id);
    if (price === null) return refuse('out-of-range');
    const liquidity = bins.liquidity(place, xToY, withOrders);
    const bin: BinTerms = { liquidity, price, xToY, rate: this.rateHere(), feeOnOutput };
    const swap = this.exactIn ? swapBinExactIn(bin, this.left) : swapBinExactOut(bin, this.left);
    if (swap === 'unreconciled') return UNRECONCILED;
    if (swap === 'overflow') return refuse('out-of-range');
    this.book(swap);
    this.use?.({ id: this.id, swap });
    return null;
  }

  private rateHere(): bigint {
    const { pair, reference } = this.side;
    const volatility = volatilityIn(pair, reference, this.id);
    if (this.rate === null || volatility !== this.volatility) this.rate = feeRate(pair, this.base, volatility);
    this.volatility = volatility;
    return this.rate;
  }

  private book(swap: BinSwap): void {
    this.left -= this.exactIn ? swap.inAmount : swap.outAmount;
    this.inAmount += swap.inAmount;
    this.outAmount += swap.outAmount;
    this.curveInAmount += swap.fill.inAmount;
    this.curveOutAmount += swap.fill.outAmount;
    this.steps += 1;
  }

  private result(): Walk | PoolRefusal {
    const { inAmount, outAmount, curveInAmount, curveOutAmount, id: activeId, volatility, steps } = this;
    if (inAmount > U64_MAX || curveOutAmount > U64_MAX) return refuse('out-of-range');
    const arrays = this.addresses;
    return { ok: true, inAmount, outAmount, curveInAmount, curveOutAmount, activeId, volatility, arrays, steps };
  }
}
