import { createHash } from 'node:crypto';

/** Slots between two points that the price is led through. */
const STRIDE = 128n;

/** A whole number in `-limit … limit`, the same for the same name. */
export function hashNumber(name: string, limit: number): number {
  const hash = createHash('sha256').update(name).digest().readUInt32LE(0);
  return (hash % (2 * limit + 1)) - limit;
}

/**
 * A curve through hashed points `STRIDE` slots apart, joined by straight lines: found at once for any slot, within `±limit`, and by at
 * most `2 * limit / 128` steeper or flatter from one slot to the next. Rounded towards zero.
 */
export class SlotNoise {
  private readonly points = new Map<bigint, bigint>();

  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {}

  at(slot: bigint): bigint {
    const index = slot / STRIDE;
    const offset = slot % STRIDE;
    return (this.point(index) * (STRIDE - offset) + this.point(index + 1n) * offset) / STRIDE;
  }

  private point(index: bigint): bigint {
    const known = this.points.get(index);
    if (known !== undefined) return known;
    const point = BigInt(hashNumber(`${this.name}/${index}`, this.limit));
    if (this.points.size > 64) this.points.clear();
    this.points.set(index, point);
    return point;
  }
}
