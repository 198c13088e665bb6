import fc from 'fast-check';
import { addressFromBytes } from '../../../../kernel/address.js';
import { U64_MAX } from '../../../../kernel/math.js';
import { refuse } from '../../../domain/pool.js';
import { NO_TRANSFER_FEE } from '../../token-2022.js';
import {
  arrayIndexOf,
  type Bin,
  BinArray,
  BINS_PER_ARRAY,
  decodeBin,
  emptyBinArray,
  writeBin,
} from '../layout/bin-array.js';
import type { DlmmPairState } from '../layout/lb-pair.js';
import { binAfterSwap, pairAfterSwap } from './after-swap.js';
import { BinArrayBitmap, INTERNAL_FIRST } from './bitmap.js';
import { volatilityReferenceAt } from './fee.js';
import { binPrice } from './price.js';
import { type DlmmSwap, swapExactIn, swapExactOut } from './swap.js';
import type { DlmmSide, UsedBin } from './walk.js';

/** Real: the math over bytes of bin arrays. Made up: the pair and its bins. */
const PAIR = addressFromBytes(new Uint8Array(32).fill(1));
const FREE = { inFee: NO_TRANSFER_FEE, outFee: NO_TRANSFER_FEE };
const NOW = 5_000n;
const runs = { numRuns: 800 };

interface Market {
  readonly pair: DlmmPairState;
  readonly arrays: ReadonlyMap<number, Uint8Array>;
}

const EMPTY: Bin = {
  amountX: 0n,
  amountY: 0n,
  price: 0n,
  liquiditySupply: 1n << 80n,
  fulfilledX: 0n,
  fulfilledY: 0n,
  orderFeeAsk: 0n,
  orderFeeBid: 0n,
  feePerTokenX: 0n,
  feePerTokenY: 0n,
  openOrders: 0n,
  processingTotal: 0n,
  processingLeft: 0n,
  askSide: 0,
};

function marketOf(fields: Partial<DlmmPairState>, bins: ReadonlyMap<number, Partial<Bin>>): Market {
  const arrays = new Map<number, Uint8Array>();
  for (const [id, bin] of bins) {
    const index = arrayIndexOf(id);
    if (!arrays.has(index)) arrays.set(index, emptyBinArray(PAIR, index));
    writeBin(arrays.get(index)!, id - index * BINS_PER_ARRAY, { ...EMPTY, ...bin });
  }
  const bitmap = new Uint8Array(128);
  for (const index of arrays.keys()) bitmap[(index - INTERNAL_FIRST) >> 3]! |= 1 << ((index - INTERNAL_FIRST) & 7);
  const pair = {
    baseFactor: 10_000,
    filterPeriod: 10,
    decayPeriod: 120,
    reductionBps: 5_000,
    variableFeeControl: 50_000,
    maximumVolatility: 150_000,
    protocolShareBps: 2_000,
    baseFeePower: 0,
    collectFeeMode: 0,
    volatility: 20_000,
    volatilityReference: 10_000,
    indexReference: 0,
    lastUpdate: NOW - 60n,
    activeId: 0,
    binStep: 10,
    protocolFeeX: 0n,
    protocolFeeY: 0n,
    bitmap,
    ...fields,
  } as DlmmPairState;
  return { pair, arrays };
}

function sideOf({ pair, arrays }: Market, xToY: boolean): DlmmSide {
  return {
    pair,
    xToY,
    bitmap: new BinArrayBitmap(pair.bitmap, null),
    withOrders: true,
    feeOnOutput: pair.collectFeeMode === 1 && xToY,
    reference: volatilityReferenceAt(pair, NOW),
    arrays: {
      at: (index) => {
        const data = arrays.get(index);
        const bins = data === undefined ? null : BinArray.of(data, PAIR, index);
        if (bins === null) return refuse('state-missing');
        return { ok: true, address: addressFromBytes(new Uint8Array(32).fill(index & 0xff)), bins };
      },
    },
  };
}

/** Carries a swap out on a copy of the bins. */
function carriedOut(market: Market, xToY: boolean, amount: bigint): { after: Market; swap: DlmmSwap } | null {
  const side = sideOf(market, xToY);
  const used: UsedBin[] = [];
  const swap = swapExactIn(side, FREE, amount, (bin) => used.push(bin));
  if (!swap.ok) return null;
  const arrays = new Map([...market.arrays].map(([index, data]) => [index, data.slice()]));
  for (const bin of used) {
    const index = arrayIndexOf(bin.id);
    const place = bin.id - index * BINS_PER_ARRAY;
    const data = arrays.get(index)!;
    writeBin(data, place, binAfterSwap(decodeBin(data, place), bin, side));
  }
  return { after: { pair: pairAfterSwap(side, swap.walk, used, NOW), arrays }, swap };
}

function held(market: Market, token: 'X' | 'Y'): bigint {
  let sum = 0n;
  for (const data of market.arrays.values()) {
    for (let place = 0; place < BINS_PER_ARRAY; place++) {
      const bin = decodeBin(data, place);
      const sellsX = bin.askSide !== 0;
      sum += token === 'X' ? bin.amountX : bin.amountY;
      if (sellsX === (token === 'X')) sum += bin.openOrders + bin.processingLeft;
    }
  }
  return sum;
}

const layer = fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt(1n, 30n), fc.bigInt(1n, 1n << 36n));
const markets = fc
  .record({
    activeId: fc.integer({ min: -75, max: 75 }),
    collectFeeMode: fc.constantFrom(0, 1),
    binStep: fc.constantFrom(1, 10, 100),
    bins: fc.array(
      fc.record({ id: fc.integer({ min: -300, max: 300 }), amount: layer, open: layer, processing: layer }),
      { minLength: 1, maxLength: 30 },
    ),
  })
  .map(({ activeId, collectFeeMode, binStep, bins }) => {
    const placed = bins.map(({ id, amount, open, processing }) => {
      const isX = id > activeId;
      const bin: Partial<Bin> = {
        [isX ? 'amountX' : 'amountY']: amount,
        openOrders: open,
        processingLeft: processing,
        askSide: isX ? 1 : 0,
      };
      return [id, bin] as const;
    });
    return marketOf({ activeId, collectFeeMode, binStep }, new Map(placed));
  });
const amounts = fc.oneof(fc.bigInt(1n, 200n), fc.bigInt(1n, 1n << 38n));

describe('swaps through the bins of a pair', () => {
  it('bring no less for more, and never more than the bins hold', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), amounts, amounts, (market, xToY, a, b) => {
        const side = sideOf(market, xToY);
        const [small, large] = [swapExactIn(side, FREE, a < b ? a : b), swapExactIn(side, FREE, a < b ? b : a)];
        if (small.ok && large.ok) expect(large.outAmount).toBeGreaterThanOrEqual(small.outAmount);
        if (large.ok) expect(large.curveOutAmount).toBeLessThanOrEqual(held(market, xToY ? 'Y' : 'X'));
        if (large.ok && !small.ok) expect(small.reason).toBe('amount-too-small');
      }),
      runs,
    );
  });

  it('by exact-out, then exact-in, bring at least what was wanted', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), amounts, (market, xToY, wanted) => {
        const side = sideOf(market, xToY);
        const bought = swapExactOut(side, FREE, wanted);
        if (!bought.ok) return;
        const sold = swapExactIn(side, FREE, bought.inAmount);
        expect(sold).toMatchObject({ ok: true });
        if (sold.ok) expect(sold.outAmount).toBeGreaterThanOrEqual(wanted);
      }),
      runs,
    );
  });

  it('ask by exact-out no more than exact-in took, where the layers can be reconciled', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), amounts, (market, xToY, given) => {
        const side = sideOf(market, xToY);
        const sold = swapExactIn(side, FREE, given);
        if (!sold.ok) return;
        const bought = swapExactOut(side, FREE, sold.outAmount);
        if (bought.ok) expect(bought.inAmount).toBeLessThanOrEqual(given);
        else expect(bought.reason).toBe('out-of-range');
      }),
      runs,
    );
  });

  it('never profit on a round trip, and leave the price where the last unit went', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), amounts, (market, xToY, given) => {
        const there = carriedOut(market, xToY, given);
        if (there === null) return;
        const moved = there.after.pair.activeId - market.pair.activeId;
        expect(xToY ? moved <= 0 : moved >= 0).toBe(true);
        const back = carriedOut(there.after, !xToY, there.swap.outAmount);
        if (back !== null) expect(back.swap.outAmount).toBeLessThanOrEqual(given);
      }),
      runs,
    );
  });

  it('book every unit: into the bins, to their owners, or as fees', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), amounts, (market, xToY, given) => {
        const done = carriedOut(market, xToY, given);
        if (done === null) return;
        const { after, swap } = done;
        const [input, output] = xToY ? (['X', 'Y'] as const) : (['Y', 'X'] as const);
        // Bins lose what leaves them, and take in at most what reached them; the difference went to owners of orders.
        expect(held(market, output) - held(after, output)).toBe(swap.curveOutAmount);
        expect(held(after, input) - held(market, input)).toBeLessThanOrEqual(swap.curveInAmount);
        const paid = given - swap.curveInAmount + swap.curveOutAmount - swap.outAmount;
        expect(after.pair.protocolFeeX + after.pair.protocolFeeY).toBeLessThanOrEqual(paid);
      }),
      runs,
    );
  });
});

describe('a swap through gaps', () => {
  const price = (id: number) => binPrice(10, id)!;
  const market = marketOf(
    { variableFeeControl: 0, baseFactor: 0 },
    new Map([
      [-1, { amountY: 1_000n }],
      [-200, { amountY: 1_000_000n }],
      [3, { amountX: 500n }],
    ]),
  );

  it('steps over empty bins and absent arrays, and names the arrays that it needs in their order', () => {
    const input = ((1_000n << 64n) + price(-1) - 1n) / price(-1);
    const all = swapExactIn(sideOf(market, true), FREE, input);
    expect(all).toMatchObject({ outAmount: 1_000n, path: { steps: 1 }, walk: { activeId: -1 } });
    const more = swapExactIn(sideOf(market, true), FREE, input + 1_000n);
    expect(more).toMatchObject({ path: { steps: 2 }, walk: { activeId: -200 } });
    // The active bin's own array holds X alone, and is passed all the same.
    if (more.ok) expect(more.path?.arrays).toHaveLength(3);
    if (more.ok) expect(more.outAmount - 1_000n).toBe((1_000n * price(-200)) >> 64n);
  });

  it('ends where there is nothing left, whatever is given', () => {
    for (const amount of [10_000_000n, U64_MAX]) {
      expect(swapExactIn(sideOf(market, true), FREE, amount)).toEqual({ ok: false, reason: 'insufficient-liquidity' });
    }
    expect(swapExactOut(sideOf(market, true), FREE, 1_001_001n)).toMatchObject({ reason: 'insufficient-liquidity' });
    expect(swapExactOut(sideOf(market, true), FREE, 1_001_000n)).toMatchObject({ ok: true });
    expect(swapExactOut(sideOf(market, false), FREE, 501n)).toMatchObject({ reason: 'insufficient-liquidity' });
  });

  it('refuses with what is missing only when it gets there', () => {
    const arrays = new Map(market.arrays);
    arrays.delete(-3);
    const blind = sideOf({ ...market, arrays }, true);
    expect(swapExactIn(blind, FREE, 500n)).toMatchObject({ ok: true });
    expect(swapExactIn(blind, FREE, 5_000n)).toEqual({ ok: false, reason: 'state-missing' });
  });

  it('pays more in every further bin, from the reference on', () => {
    const sloped = marketOf({ binStep: 100 }, new Map([0, 1, 2].map((id) => [id, { amountX: 1_000_000n }])));
    const rates: bigint[] = [];
    swapExactIn(sideOf(sloped, false), FREE, 3_000_000n, ({ swap }) =>
      rates.push((swap.fee * 1_000_000_000n) / swap.inAmount / 1_000n),
    );
    expect(rates).toHaveLength(3);
    expect(rates[1]).toBeGreaterThan(rates[0]!);
    expect(rates[2]).toBeGreaterThan(rates[1]!);
  });
});

it('a swap within one bin does not count as an update, one that leaves it does', () => {
  const market = marketOf({}, new Map([0, 1].map((id) => [id, { amountX: 1_000n }])));
  expect(carriedOut(market, false, 500n)!.after.pair).toMatchObject({ activeId: 0, lastUpdate: NOW - 60n });
  expect(carriedOut(market, false, 1_500n)!.after.pair).toMatchObject({
    activeId: 1,
    lastUpdate: NOW,
    indexReference: 0,
    volatilityReference: 10_000,
    volatility: 20_000,
  });
});
