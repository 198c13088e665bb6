import { createHash } from 'node:crypto';
import type { OrderEventFrame } from '../../src/orders/domain/order-events.js';

/** The hashes of one order's frames, computed as somebody outside would who has nothing but the documents. */
export function chainOf(frames: readonly OrderEventFrame[], userId: string): string[] {
  let previous: Buffer = Buffer.alloc(32);
  return frames.map(({ type: _type, ...frame }) => {
    const event: Record<string, unknown> = { ...frame, userId, data: JSON.stringify(frame.data) };
    const members = Object.keys(event)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(event[name])}`);
    previous = createHash('sha256')
      .update(previous)
      .update(`{${members.join(',')}}`)
      .digest();
    return previous.toString('hex');
  });
}
