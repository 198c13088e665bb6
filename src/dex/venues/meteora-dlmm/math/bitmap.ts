import type { BitmapExtension } from '../layout/bitmap-extension.js';

/** The arrays that the pair's own bitmap tells of. */
export const INTERNAL_FIRST = -512;
export const INTERNAL_LAST = 511;

/** Whether the pair's own bitmap has no bit for an array. */
export function isExternal(index: number): boolean {
  return index < INTERNAL_FIRST || index > INTERNAL_LAST;
}

/** Which bin arrays of a pair exist: its own bits, and those of the extension where one was given. */
export class BinArrayBitmap {
  constructor(
    private readonly internal: Uint8Array,
    private readonly extension: BitmapExtension | null,
  ) {}

  /** The nearest existing array at or below `index` (or above, when the price climbs); null past the last one that is known of. */
  nearest(index: number, downwards: boolean): number | null {
    return downwards ? this.atOrBelow(index) : this.atOrAbove(index);
  }

  private atOrBelow(index: number): number | null {
    if (index > INTERNAL_LAST) {
      if (this.extension === null) return null;
      const bit = lastSet(this.extension.positive, index - INTERNAL_LAST - 1);
      if (bit !== null) return bit + INTERNAL_LAST + 1;
    }
    if (index >= INTERNAL_FIRST) {
      const bit = lastSet(this.internal, index - INTERNAL_FIRST);
      if (bit !== null) return bit + INTERNAL_FIRST;
    }
    if (this.extension === null) return null;
    const bit = firstSet(this.extension.negative, INTERNAL_FIRST - 1 - index);
    return bit === null ? null : INTERNAL_FIRST - 1 - bit;
  }

  private atOrAbove(index: number): number | null {
    if (index < INTERNAL_FIRST) {
      if (this.extension === null) return null;
      const bit = lastSet(this.extension.negative, INTERNAL_FIRST - 1 - index);
      if (bit !== null) return INTERNAL_FIRST - 1 - bit;
    }
    if (index <= INTERNAL_LAST) {
      const bit = firstSet(this.internal, index - INTERNAL_FIRST);
      if (bit !== null) return bit + INTERNAL_FIRST;
    }
    if (this.extension === null) return null;
    const bit = firstSet(this.extension.positive, index - INTERNAL_LAST - 1);
    return bit === null ? null : bit + INTERNAL_LAST + 1;
  }
}

/** The highest set bit at or below `from`, which may lie beyond the end; null when there is none. */
function lastSet(bits: Uint8Array, from: number): number | null {
  const start = Math.min(from, bits.length * 8 - 1);
  for (let at = start >> 3, mask = (2 << (start & 7)) - 1; at >= 0; at--, mask = 0xff) {
    const byte = (bits[at] ?? 0) & mask;
    if (byte !== 0) return at * 8 + 31 - Math.clz32(byte);
  }
  return null;
}

/** The lowest set bit at or above `from`, which may lie before the start; null when there is none. */
function firstSet(bits: Uint8Array, from: number): number | null {
  const start = Math.max(from, 0);
  for (let at = start >> 3, mask = 0xff << (start & 7); at < bits.length; at++, mask = 0xff) {
    const byte = (bits[at] ?? 0) & mask;
    if (byte !== 0) return at * 8 + 31 - Math.clz32(byte & -byte);
  }
  return null;
}
