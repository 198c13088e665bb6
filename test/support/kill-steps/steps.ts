import type { Fault } from '../fault-rpc/fault.js';
import { longBlockhashes } from '../fault-rpc/faults/lies.js';
import { dropSends } from '../fault-rpc/faults/sends.js';
import { unfinal } from '../fault-rpc/faults/statuses.js';
import { type Place, sidesOf, type Step } from './trap.js';

export type Role = 'api' | 'worker';

/** Places that orders come to within moments of each other: one death can meet different orders at all of them. */
export interface Stretch {
  /** Whose way leads there. */
  readonly role: Role;
  readonly places: readonly Place[];
  /** What brings orders there. */
  readonly faults?: () => readonly Fault[];
}

/** One call for all attempts at once: two of them are never under way together. */
const [beforeStatuses, afterStatuses] = sidesOf(reply('getSignatureStatuses'));

/** The steps of docs/landing.md: each commit, and each reply of the node. What takes longest comes first. */
export const STRETCHES: readonly Stretch[] = [
  { role: 'worker', places: around(retry('retry after expiry', true)), faults: () => [dropSends()] },
  { role: 'api', places: around(commit('intake', 'insert into idempotency_keys')) },
  {
    role: 'worker',
    places: around(commit('claim', 'set lease_owner = $2'), event('routing', 'Comparing Raydium and Meteora')),
  },
  { role: 'worker', places: around(reply('getMultipleAccounts')) },
  {
    role: 'worker',
    places: around(commit('quotes', 'insert into order_quotes'), event('route and price limit', 'building')),
  },
  {
    role: 'worker',
    places: [...around(event('simulation', 'simulating'), reply('simulateTransaction')), afterStatuses],
  },
  {
    role: 'worker',
    places: around(reply('getLatestBlockhash'), reply('getBlockHeight'), commit('attempt', 'insert into attempts')),
  },
  { role: 'worker', places: [...around(reply('sendTransaction'), event('sent', 'submitted')), beforeStatuses] },
  { role: 'worker', places: around(event('confirmed', 'confirmed')), faults: () => [unfinal()] },
  { role: 'worker', places: around(reply('getTransaction'), event('completed', 'finalized')) },
  {
    role: 'worker',
    places: around(retry('retry before signing', false)),
    faults: () => [longBlockhashes({ by: 100_000 })],
  },
];

/** Such as `claim, routing`. */
export function nameOf({ places }: Stretch): string {
  return [...new Set(places.map(({ step }) => step.name))].join(', ');
}

function around(...steps: readonly Step[]): readonly Place[] {
  return steps.flatMap(sidesOf);
}

function reply(method: string): Step {
  return { name: method, call: (call) => call.method === method };
}

function commit(name: string, fragment: string): Step {
  return { name, statement: ({ text }) => text.includes(fragment) };
}

/** A change of an order with its event, told by a value that no other has: the stage or the message. */
function event(name: string, value: string): Step {
  return { name, statement: ({ text, values }) => isEvent(text) && values.includes(value) };
}

/** Of an attempt that is proven dead, or of a run that signed nothing. */
function retry(name: string, ofAttempt: boolean): Step {
  return {
    name,
    statement: ({ text }) =>
      isEvent(text) && text.includes('run = o.run + 1') && text.includes('update attempts') === ofAttempt,
  };
}

function isEvent(text: string): boolean {
  return text.includes('insert into order_events') && text.includes('update orders o');
}
