import { EXTENSION_PAGES } from '../layout/bitmap-extension.js';
import { TICKS_PER_ARRAY } from '../layout/tick-array.js';
import { MAX_TICK, MIN_TICK } from './tick-price.js';

/** Arrays on either side of zero that the pool's own bitmap covers. */
const OWN_ARRAYS = 512;
const WORD_BITS = 32;
const OWN_WORDS = OWN_ARRAYS / WORD_BITS;

/** Where a search ends: the start of an array, none in that direction, or an extension that was not given. */
export type ArraySearch = number | 'none' | 'extension-missing';

/** The start of the array that holds a tick. */
export function arrayStart(tick: number, tickSpacing: number): number {
  const width = TICKS_PER_ARRAY * tickSpacing;
  return Math.floor(tick / width) * width;
}

/** Whether a pool can have arrays beyond its own bitmap. */
export function canHaveExtension(tickSpacing: number): boolean {
  return OWN_ARRAYS * TICKS_PER_ARRAY * tickSpacing < MAX_TICK;
}

/**
 * Which tick arrays of a pool have an initialized tick. Read in place, 32 arrays at a time, as one row of bits: the negative pages of
 * the extension, the pool's own 1,024 bits, the positive pages.
 */
export class ArrayBitmap {
  private readonly own: DataView;
  private readonly extension: DataView | null;
  private readonly width: number;
  private readonly first: number;
  private readonly last: number;

  /** `own` has 128 bytes; `extension` is the whole account, which passed `isBitmapExtension`. */
  constructor(tickSpacing: number, own: Uint8Array, extension: Uint8Array | null) {
    this.own = viewOf(own);
    this.extension = extension && viewOf(extension);
    this.width = TICKS_PER_ARRAY * tickSpacing;
    this.first = Math.floor(MIN_TICK / this.width);
    this.last = Math.floor(MAX_TICK / this.width);
  }

  /** Whether the array at `start` is flagged; null when only a missing extension could tell. */
  has(start: number): boolean | null {
    const array = start / this.width;
    const word = this.word(array >> 5);
    return word === null ? null : ((word >>> (array & 31)) & 1) === 1;
  }

  /** The flagged array nearest to `start`, strictly below or above it. */
  next(start: number, downwards: boolean): ArraySearch {
    const array = start / this.width + (downwards ? -1 : 1);
    return downwards ? this.below(array) : this.above(array);
  }

  /** Whether an array lies beyond the pool's own bitmap. */
  isBeyondOwn(start: number): boolean {
    const array = start / this.width;
    return array < -OWN_ARRAYS || array >= OWN_ARRAYS;
  }

  private below(from: number): ArraySearch {
    for (let array = Math.min(from, this.last); array >= this.first; array = (array >> 5) * WORD_BITS - 1) {
      const word = this.word(array >> 5);
      if (word === null) return 'extension-missing';
      const upToHere = word & (0xffff_ffff >>> (31 - (array & 31)));
      if (upToHere === 0) continue;
      const found = (array >> 5) * WORD_BITS + 31 - Math.clz32(upToHere);
      return found >= this.first ? found * this.width : 'none';
    }
    return 'none';
  }

  private above(from: number): ArraySearch {
    for (let array = Math.max(from, this.first); array <= this.last; array = ((array >> 5) + 1) * WORD_BITS) {
      const word = this.word(array >> 5);
      if (word === null) return 'extension-missing';
      const fromHere = word & (0xffff_ffff << (array & 31));
      if (fromHere === 0) continue;
      const found = (array >> 5) * WORD_BITS + 31 - Math.clz32(fromHere & -fromHere);
      return found <= this.last ? found * this.width : 'none';
    }
    return 'none';
  }

  /** The flags of 32 arrays, of which the first is array `32 * index`. */
  private word(index: number): number | null {
    if (index >= -OWN_WORDS && index < OWN_WORDS) return this.own.getUint32((index + OWN_WORDS) * 4, true);
    if (this.extension === null) return null;
    const offset = extensionOffset(index);
    return offset === null ? 0 : this.extension.getUint32(offset, true);
  }
}

/** Where the extension has the flags of the arrays from `32 * index` on; null beyond its pages. */
function extensionOffset(index: number): number | null {
  const { positive, negative, count, bytes } = EXTENSION_PAGES;
  const block = Math.floor(index / OWN_WORDS);
  const page = block > 0 ? block - 1 : -block - 2;
  if (page >= count) return null;
  return (block > 0 ? positive : negative) + page * bytes + (index - block * OWN_WORDS) * 4;
}

/** Where the flag of one array stands. */
export interface FlagPlace {
  readonly inOwn: boolean;
  readonly byte: number;
  readonly mask: number;
}

/** The place of a flag in the pool's own bitmap or in the extension account. Throws `RangeError` beyond both. */
export function flagPlace(start: number, tickSpacing: number): FlagPlace {
  const array = start / (TICKS_PER_ARRAY * tickSpacing);
  const index = array >> 5;
  const inOwn = index >= -OWN_WORDS && index < OWN_WORDS;
  const offset = inOwn ? (index + OWN_WORDS) * 4 : extensionOffset(index);
  if (offset === null) throw new RangeError(`no bitmap has a flag for the array at ${start}`);
  return { inOwn, byte: offset + ((array & 31) >> 3), mask: 1 << (array & 7) };
}

/** A copy of the bytes with one flag turned. */
export function withFlagTurned(bytes: Uint8Array, { byte, mask }: FlagPlace): Uint8Array {
  return bytes.with(byte, (bytes[byte] ?? 0) ^ mask);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
