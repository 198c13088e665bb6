import type { Verdict } from '../../../src/execution/domain/resolve.js';
import { REAL, type Rules } from './rules.js';

const DEAD: Verdict = {
  kind: 'finalized',
  slot: 0n,
  failure: { instructionIndex: null, customCode: null, name: 'TimedOut' },
};
const TIMEOUT_MS = 60_000;
const IMPATIENCE_MS = 5_000;

/** A status may be of any age. */
const trustingAnySlot: Rules['weigh'] = (attempt, known, reading, nodes) =>
  REAL.weigh(attempt, known, { ...reading, statusSlot: reading.finalizedSlot }, nodes);

/** What docs/landing.md forbids, each as the engine would do it if somebody took that rule away. */
export const MUTATIONS: Readonly<Record<string, Rules>> = {
  'signing again after a timeout': {
    ...REAL,
    resolve: (attempt, seen) => (seen.status === null && seen.ageMs > TIMEOUT_MS ? DEAD : REAL.resolve(attempt, seen)),
  },
  'heights from one node and the status from another': { ...REAL, staysWithNode: false, weigh: trustingAnySlot },
  'the status read before the height': {
    ...REAL,
    reading: ['lookups', 'first-block', 'slot', 'height'],
    weigh: trustingAnySlot,
    // The look's own heights come before its status: a proof that waits for them would be in order again.
    resolve: (attempt, seen) => {
      const verdict = REAL.resolve(attempt, seen);
      return verdict.kind === 'keep-sending' && seen.ageMs > IMPATIENCE_MS ? { kind: 'prove-expiry' } : verdict;
    },
  },
  "the tip's height instead of the finalized one": { ...REAL, headsAt: 'processed' },
  'trusting an error that is not finalized': {
    ...REAL,
    resolve: (attempt, seen) => {
      const { status } = seen;
      return status !== null && status.failure !== null
        ? { kind: 'finalized', slot: status.slot, failure: status.failure }
        : REAL.resolve(attempt, seen);
    },
  },
  'no unique index': { ...REAL, hasUniqueIndex: false },
  'sending before the row is stored': { ...REAL, launch: ['send', 'commit'] },
  'expiry from a single status answer': {
    ...REAL,
    weigh: (attempt, known, reading) =>
      reading.status === null && reading.finalizedHeight > attempt.lastValidBlockHeight
        ? { kind: 'proven', readings: [reading, reading] }
        : { kind: 'open', next: { ...known, first: null } },
  },
};
