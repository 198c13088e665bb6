import { linkHash } from './event-hash.js';

/** Events of one user that a checkpoint covers: all from the first sequence to the last. */
export interface Span {
  readonly userId: string;
  readonly firstSequence: bigint;
  readonly lastSequence: bigint;
  /** SHA-256 of the events' hashes, one after the other. */
  readonly hash: Buffer;
}

export interface Checkpoint {
  /** 0 is the start that the migration made; it covers nothing. */
  readonly number: bigint;
  /** Events in all its spans. */
  readonly events: bigint;
  readonly createdAt: Date;
  readonly spans: readonly Span[];
}

/** SHA-256 of the checkpoint before it followed by the canonical form (RFC 8785) of this one, spans by user. */
export function checkpointHash(previous: Uint8Array, checkpoint: Checkpoint): Buffer {
  return linkHash(
    previous,
    JSON.stringify({
      createdAt: checkpoint.createdAt.toISOString(),
      events: Number(checkpoint.events),
      number: Number(checkpoint.number),
      spans: [...checkpoint.spans].sort(byUser).map((span) => ({
        firstSequence: Number(span.firstSequence),
        hash: span.hash.toString('hex'),
        lastSequence: Number(span.lastSequence),
        userId: span.userId,
      })),
    }),
  );
}

/** By code units, whatever collation the database has. */
function byUser(a: Span, b: Span): number {
  if (a.userId !== b.userId) return a.userId < b.userId ? -1 : 1;
  return a.lastSequence < b.lastSequence ? -1 : 1;
}
