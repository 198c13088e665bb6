import { v7, validate } from 'uuid';

/** An order's identity: a UUID version 7, so ids sort by time of acceptance. */
export type OrderId = string & { readonly __brand: 'OrderId' };

/** Random bytes in stock: asking the system for each id takes longer than making it. */
const RANDOM = { bytes: new Uint8Array(16 * 256), used: 16 * 256 };
const last = { msecs: 0, seq: 0 };

/** Larger than every id that this process has made before. */
export function newOrderId(): OrderId {
  const random = randomBytes();
  const msecs = Date.now();
  if (msecs > last.msecs) {
    last.msecs = msecs;
    // 31 of 32 bits, so that there is room to count.
    last.seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else {
    last.seq += 1;
  }
  return v7({ random, ...last }) as OrderId;
}

function randomBytes(): Uint8Array {
  const { bytes } = RANDOM;
  if (RANDOM.used === bytes.length) {
    crypto.getRandomValues(bytes);
    RANDOM.used = 0;
  }
  return bytes.slice(RANDOM.used, (RANDOM.used += 16));
}

/** `text` as an order id in canonical lower case, or null when it is not a UUID. */
export function asOrderId(text: string): OrderId | null {
  return validate(text) ? (text.toLowerCase() as OrderId) : null;
}
