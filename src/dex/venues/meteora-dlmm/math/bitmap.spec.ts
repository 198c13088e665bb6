import fc from 'fast-check';
import { BinArrayBitmap, INTERNAL_FIRST, INTERNAL_LAST, isExternal } from './bitmap.js';

/** Real: the bitmap. The naive model is a list of indexes. */
const FIRST = -6_656;
const LAST = 6_655;

function bitmapOf(indexes: readonly number[], extended: boolean): BinArrayBitmap {
  const bits = { internal: new Uint8Array(128), positive: new Uint8Array(768), negative: new Uint8Array(768) };
  const set = (bytes: Uint8Array, bit: number) => (bytes[bit >> 3]! |= 1 << (bit & 7));
  for (const index of indexes) {
    if (index > INTERNAL_LAST) set(bits.positive, index - 512);
    else if (index < INTERNAL_FIRST) set(bits.negative, -513 - index);
    else set(bits.internal, index + 512);
  }
  return new BinArrayBitmap(bits.internal, extended ? bits : null);
}

/** Without the extension, nothing beyond the pair's own bits can be found, and nothing from beyond them. */
function naive(indexes: readonly number[], extended: boolean, from: number, downwards: boolean): number | null {
  const known = indexes.filter((index) => extended || !isExternal(index));
  const ahead = known.filter((index) => (downwards ? index <= from : index >= from));
  const isLost = !extended && (downwards ? from > INTERNAL_LAST : from < INTERNAL_FIRST);
  if (ahead.length === 0 || isLost) return null;
  return downwards ? Math.max(...ahead) : Math.min(...ahead);
}

const edges = [FIRST, FIRST + 1, -514, -513, -512, -511, -1, 0, 1, 510, 511, 512, 513, LAST - 1, LAST];
const indexes = fc.oneof(fc.integer({ min: FIRST, max: LAST }), fc.constantFrom(...edges));

it('the nearest array is the one that a search through all of them finds', () => {
  fc.assert(
    fc.property(
      fc.array(indexes, { maxLength: 12 }),
      fc.boolean(),
      indexes,
      fc.boolean(),
      (set, extended, from, down) => {
        expect(bitmapOf(set, extended).nearest(from, down)).toBe(naive(set, extended, from, down));
      },
    ),
    { numRuns: 5_000 },
  );
});

it.each(edges)('finds array %i from everywhere before it, and from nowhere behind', (index) => {
  const bitmap = bitmapOf([index], true);
  for (const from of [...edges, LAST + 1, FIRST - 1]) {
    expect(bitmap.nearest(from, true)).toBe(from >= index ? index : null);
    expect(bitmap.nearest(from, false)).toBe(from <= index ? index : null);
  }
});
