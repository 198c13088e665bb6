import type { Address } from '../../../kernel/address.js';
import { tickArrayAddress } from './addresses.js';
import { type ArrayBitmap, arrayStart } from './math/array-bitmap.js';

/** The starts of flagged arrays from a place on, nearest first; ends where none is left or nobody can tell. */
export function* flaggedArrays(bitmap: ArrayBitmap, from: number, downwards: boolean): Generator<number> {
  for (let found = bitmap.next(from, downwards); typeof found === 'number'; found = bitmap.next(found, downwards)) {
    yield found;
  }
}

/** The accounts of the present array, where it is flagged, and of so many flagged ones to either side. */
export function arraysAround(
  pool: Address,
  { bitmap, tick, tickSpacing }: { readonly bitmap: ArrayBitmap; readonly tick: number; readonly tickSpacing: number },
  eitherSide: number,
): readonly Address[] {
  const own = arrayStart(tick, tickSpacing);
  const starts = bitmap.has(own) === true ? [own] : [];
  for (const downwards of [true, false]) starts.push(...take(flaggedArrays(bitmap, own, downwards), eitherSide));
  return starts.map((start) => tickArrayAddress(pool, start));
}

/** The starts of so many arrays that a swap meets first: the present one where it is flagged, then flagged ones in its direction. */
export function arraysAhead(bitmap: ArrayBitmap, tick: number, tickSpacing: number, way: Way): readonly number[] {
  const own = arrayStart(tick, tickSpacing);
  const first = bitmap.has(own) === true ? [own] : [];
  return [...first, ...flaggedBeyond(bitmap, own, { ...way, count: way.count - first.length })];
}

export interface Way {
  readonly downwards: boolean;
  readonly count: number;
}

/** So many flagged arrays strictly beyond the given one. */
export function flaggedBeyond(bitmap: ArrayBitmap, start: number, { downwards, count }: Way): readonly number[] {
  return take(flaggedArrays(bitmap, start, downwards), count);
}

function take(starts: Iterable<number>, count: number): number[] {
  const taken: number[] = [];
  if (count === 0) return taken;
  for (const start of starts) {
    taken.push(start);
    if (taken.length === count) break;
  }
  return taken;
}
