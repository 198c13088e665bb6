import fc from 'fast-check';
import { type BinTerms, swapBinExactIn, swapBinExactOut } from './bin.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;
const runs = { numRuns: 3_000 };

function binOf(fields: Partial<BinTerms> & { maker?: bigint; processing?: bigint; open?: bigint }): BinTerms {
  const { maker = 0n, processing = 0n, open = 0n, ...rest } = fields;
  return {
    liquidity: { maker, processing, open },
    price: ONE,
    xToY: true,
    rate: 0n,
    feeOnOutput: false,
    ...rest,
  };
}

const layer = fc.oneof(fc.constant(0n), fc.bigInt(1n, 50n), fc.bigInt(1n, 1n << 40n));
const bins = fc
  .record({
    maker: layer,
    processing: layer,
    open: layer,
    price: fc.bigInt(1n << 44n, 1n << 84n),
    xToY: fc.boolean(),
    rate: fc.constantFrom(0n, 1n, 1_000_000n, 100_000_000n),
    feeOnOutput: fc.boolean(),
  })
  .filter(({ maker, processing, open }) => maker + processing + open > 0n)
  .map(binOf);
const amounts = fc.oneof(fc.bigInt(1n, 100n), fc.bigInt(1n, 1n << 44n));

it('layers are taken in turn: market makers, orders being filled, open orders', () => {
  const bin = binOf({ maker: 10n, processing: 20n, open: 30n });
  const taken = (amount: bigint) => {
    const swap = swapBinExactIn(bin, amount);
    return typeof swap === 'string' ? swap : [swap.fill.makerOut, swap.fill.processingOut, swap.fill.openOut];
  };
  expect(taken(9n)).toEqual([9n, 0n, 0n]);
  expect(taken(10n)).toEqual([10n, 0n, 0n]);
  expect(taken(29n)).toEqual([10n, 19n, 0n]);
  expect(taken(31n)).toEqual([10n, 20n, 1n]);
  expect(taken(1_000n)).toEqual([10n, 20n, 30n]);
});

it('a bin takes no more than its fee and its liquidity ask for', () => {
  // 100 of output for 100 net: 10 % of 112 is 12, rounded up.
  const bin = binOf({ maker: 100n, rate: 100_000_000n });
  expect(swapBinExactIn(bin, 1_000n)).toMatchObject({ inAmount: 112n, outAmount: 100n, fee: 12n });
  expect(swapBinExactIn(bin, 112n)).toMatchObject({ inAmount: 112n, outAmount: 100n, fee: 12n });
  expect(swapBinExactIn(bin, 111n)).toMatchObject({ inAmount: 111n, outAmount: 99n, fee: 12n });
  expect(swapBinExactIn(bin, 1n)).toMatchObject({ inAmount: 1n, outAmount: 0n, fee: 1n });
});

it('a fee on the output leaves the input whole', () => {
  const bin = binOf({ maker: 100n, rate: 100_000_000n, feeOnOutput: true });
  expect(swapBinExactIn(bin, 50n)).toMatchObject({ inAmount: 50n, outAmount: 45n, fee: 5n });
  expect(swapBinExactIn(bin, 500n)).toMatchObject({ inAmount: 100n, outAmount: 90n, fee: 10n });
  expect(swapBinExactOut(bin, 45n)).toMatchObject({ inAmount: 50n, outAmount: 45n, fee: 5n });
  expect(swapBinExactOut(bin, 90n)).toMatchObject({ inAmount: 100n, outAmount: 90n, fee: 10n });
});

it('a drained bin whose output the fee eats up still asks for its input', () => {
  const bin = binOf({ maker: 1n, rate: 1n, feeOnOutput: true });
  expect(swapBinExactOut(bin, 5n)).toMatchObject({ inAmount: 1n, outAmount: 0n, fee: 1n });
});

it('a last bin whose layers round apart is refused, and a unit less or more is not', () => {
  // At three X a Y, y of output asks for ceil(y / 3) of input: 2 + 2 by layers, but ceil(8 / 3) = 3 by one conversion.
  const bin = binOf({ maker: 4n, open: 9n, price: 3n * ONE });
  expect(swapBinExactOut(bin, 8n)).toBe('unreconciled');
  expect(swapBinExactOut(bin, 4n)).toMatchObject({ inAmount: 2n });
  expect(swapBinExactOut(bin, 10n)).toMatchObject({ inAmount: 4n });
  // All of it drains the bin, which rounds by layers.
  expect(swapBinExactOut(bin, 13n)).toMatchObject({ inAmount: 5n });
});

it('amounts that u64 can not hold are refused', () => {
  const dear = binOf({ maker: 1n << 40n, price: 1n << 20n });
  expect(swapBinExactIn(dear, 1n)).toBe('overflow');
  expect(swapBinExactOut(dear, 1n << 40n)).toBe('overflow');
  expect(swapBinExactOut(dear, 1n << 30n)).toBe('overflow');
  expect(swapBinExactOut(dear, 1n)).toMatchObject({ inAmount: 1n << 44n });
});

it('no swap takes more than it was given, or gives more than the bin has', () => {
  fc.assert(
    fc.property(bins, amounts, (bin, amount) => {
      const swap = swapBinExactIn(bin, amount);
      if (typeof swap === 'string') return;
      const { maker, processing, open } = bin.liquidity;
      expect(swap.inAmount).toBeLessThanOrEqual(amount);
      expect(swap.fill.outAmount).toBeLessThanOrEqual(maker + processing + open);
      expect(swap.fill.outAmount).toBe(swap.fill.makerOut + swap.fill.processingOut + swap.fill.openOut);
      // Something is left only where everything was taken.
      if (swap.inAmount < amount) expect(swap.fill.outAmount).toBe(maker + processing + open);
    }),
    runs,
  );
});

it('exact-out then exact-in brings at least what was wanted, for no more', () => {
  fc.assert(
    fc.property(bins, amounts, (bin, wanted) => {
      const bought = swapBinExactOut(bin, wanted);
      if (typeof bought === 'string') return;
      expect(bought.outAmount).toBeLessThanOrEqual(wanted);
      const sold = swapBinExactIn(bin, bought.inAmount);
      if (typeof sold === 'string') return;
      expect(sold.inAmount).toBeLessThanOrEqual(bought.inAmount);
      expect(sold.outAmount).toBeGreaterThanOrEqual(bought.outAmount);
    }),
    runs,
  );
});
