import fc from 'fast-check';
import { address } from '../../../../kernel/address.js';
import { encodeBitmapExtension } from '../layout/bitmap-extension.js';
import { ArrayBitmap, arrayStart, canHaveExtension, flagPlace, withFlagTurned } from './array-bitmap.js';
import { MAX_TICK, MIN_TICK } from './tick-price.js';

/** Pure: bitmaps are held against a set of numbers. */
const pool = address('SysvarRent111111111111111111111111111111111');
const OWN = 512;

interface Flags {
  readonly tickSpacing: number;
  /** Places of flagged arrays: their starts are these times 60 tick spacings. */
  readonly arrays: readonly number[];
}

const flags: fc.Arbitrary<Flags> = fc.constantFrom(1, 2, 10, 14, 15, 60).chain((tickSpacing) => {
  const width = 60 * tickSpacing;
  const place = fc.integer({ min: Math.floor(MIN_TICK / width), max: Math.floor(MAX_TICK / width) });
  const near = fc.oneof(place, fc.constantFrom(-513, -512, -1, 0, 511, 512, 1_023, 1_024, -1_024, -1_025));
  const inRange = (array: number) => array * width + width > MIN_TICK && array * width <= MAX_TICK;
  return fc.record({
    tickSpacing: fc.constant(tickSpacing),
    arrays: fc.array(near.filter(inRange), { maxLength: 12 }),
  });
});

function bitmapOf({ tickSpacing, arrays }: Flags, withExtension = true): ArrayBitmap {
  let own: Uint8Array = new Uint8Array(128);
  let extension = encodeBitmapExtension(pool);
  for (const array of new Set(arrays)) {
    const place = flagPlace(array * 60 * tickSpacing, tickSpacing);
    if (place.inOwn) own = withFlagTurned(own, place);
    else extension = withFlagTurned(extension, place);
  }
  return new ArrayBitmap(tickSpacing, own, withExtension ? extension : null);
}

describe('the flags of tick arrays', () => {
  it('are found in both directions exactly as a set of numbers has them', () => {
    fc.assert(
      fc.property(flags, fc.integer({ min: MIN_TICK, max: MAX_TICK }), (given, tick) => {
        const width = 60 * given.tickSpacing;
        const from = arrayStart(tick, given.tickSpacing);
        const starts = [...new Set(given.arrays)].map((array) => array * width).sort((a, b) => a - b);
        const bitmap = bitmapOf(given);
        expect(bitmap.next(from, true)).toBe(starts.findLast((start) => start < from) ?? 'none');
        expect(bitmap.next(from, false)).toBe(starts.find((start) => start > from) ?? 'none');
        expect(bitmap.has(from)).toBe(starts.includes(from));
      }),
      { numRuns: 2_000 },
    );
  });

  it('beyond the own bitmap are unknown without the extension, and none where there can be no extension', () => {
    fc.assert(
      fc.property(flags, (given) => {
        const width = 60 * given.tickSpacing;
        const own = { ...given, arrays: given.arrays.filter((array) => array >= -OWN && array < OWN) };
        const bitmap = bitmapOf(own, false);
        const end = canHaveExtension(given.tickSpacing) ? 'extension-missing' : 'none';
        expect(bitmap.next(Math.min(0, ...own.arrays) * width, true)).toBe(end);
        expect(bitmap.next(Math.max(0, ...own.arrays) * width, false)).toBe(end);
        if (canHaveExtension(given.tickSpacing)) expect(bitmap.has(OWN * width)).toBeNull();
      }),
    );
  });

  it('stand where the program has them', () => {
    // raydium-clmm's own tests: bit 225 of page 13 for the last array above zero, bit 511 of page 0 for the first one below.
    expect(flagPlace(60 * 7_393, 1)).toEqual({ inOwn: false, byte: 40 + 13 * 64 + (225 >> 3), mask: 1 << (225 & 7) });
    expect(flagPlace(-60 * 513, 1)).toEqual({ inOwn: false, byte: 936 + 63, mask: 128 });
    expect(flagPlace(-60 * 1_024, 1)).toEqual({ inOwn: false, byte: 936, mask: 1 });
    expect(flagPlace(-60 * 1_025, 1)).toEqual({ inOwn: false, byte: 936 + 64 + 63, mask: 128 });
    expect(flagPlace(60 * 512, 1)).toEqual({ inOwn: false, byte: 40, mask: 1 });
    expect(flagPlace(-60 * 512, 1)).toEqual({ inOwn: true, byte: 0, mask: 1 });
    expect(flagPlace(60 * 511, 1)).toEqual({ inOwn: true, byte: 127, mask: 128 });
    expect(() => flagPlace(60 * 512 * 15, 1)).toThrow(/no bitmap/);
  });

  it('exist beyond the own bitmap up to a tick spacing of 14', () => {
    expect([1, 14, 15, 60].map(canHaveExtension)).toEqual([true, true, false, false]);
  });
});
