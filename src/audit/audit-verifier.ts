import { Injectable } from '@nestjs/common';
import { checkpointHash } from './checkpoint-hash.js';
import { EventChains } from './event-chains.js';
import { CHAIN_START } from './event-hash.js';
import { badCheckpoint, type Finding, missingEvent } from './finding.js';
import { AuditTrailStore } from './persistence/audit-trail.store.js';
import type { CoveredSpan, TrailReader } from './persistence/trail.reader.js';

export interface Verdict {
  /** Whose chain was followed: all of them, or those before the first bad row. */
  readonly events: number;
  readonly orders: number;
  readonly ok: boolean;
  readonly firstBad: Finding | null;
}

/** A checkpoint that somebody wrote down outside the database. */
export interface KnownCheckpoint {
  readonly number: bigint;
  /** SHA-256. */
  readonly hash: Buffer;
}

/** Holds the stored events against their chains, the users' counters and the checkpoints. */
@Injectable()
export class AuditVerifier {
  constructor(private readonly store: AuditTrailStore) {}

  async verify(known: KnownCheckpoint | null = null): Promise<Verdict> {
    return this.store.read(async (trail) => {
      const chains = new EventChains();
      const firstBad =
        (await brokenChain(trail, chains)) ?? (await truncatedUser(trail)) ?? (await brokenCheckpoint(trail, known));
      return { events: chains.events, orders: chains.orders, ok: firstBad === null, firstBad };
    });
  }
}

async function brokenChain(trail: TrailReader, chains: EventChains): Promise<Finding | null> {
  for await (const event of trail.events()) {
    const finding = chains.follow(event);
    if (finding !== null) return finding;
  }
  return null;
}

async function truncatedUser(trail: TrailReader): Promise<Finding | null> {
  for await (const { userId, counted, stored } of trail.userEnds()) {
    if (stored < counted) return missingEvent(userId, stored + 1n);
  }
  return null;
}

/** Comes last: each user's events are known to be numbered without holes. */
async function brokenCheckpoint(trail: TrailReader, known: KnownCheckpoint | null): Promise<Finding | null> {
  let previous: Uint8Array = CHAIN_START;
  let expected = 0n;
  for await (const checkpoint of trail.checkpoints()) {
    const { number, hash } = checkpoint;
    if (number !== expected) return badCheckpoint(expected, 'missing');
    const spans = await trail.spansOf(number);
    const isKnownOtherwise = known?.number === number && !known.hash.equals(hash);
    if (isKnownOtherwise || !checkpointHash(previous, { ...checkpoint, spans }).equals(hash)) {
      return badCheckpoint(number, 'altered');
    }
    for (const span of spans) {
      const finding = brokenSpan(span);
      if (finding !== null) return finding;
    }
    previous = hash;
    expected += 1n;
  }
  const orphaned = await trail.orphanedAfter(expected - 1n);
  const isKnownGone = known !== null && known.number >= expected;
  return expected === 0n || orphaned !== null || isKnownGone ? badCheckpoint(expected, 'missing') : null;
}

function brokenSpan({ userId, firstSequence, lastSequence, hash, foundEvents, foundHash }: CoveredSpan) {
  if (foundEvents < lastSequence - firstSequence + 1n) return missingEvent(userId, firstSequence + foundEvents);
  if (foundHash?.equals(hash) === true) return null;
  return { ...missingEvent(userId, firstSequence), fault: 'rehashed' as const, lastSequence: Number(lastSequence) };
}
