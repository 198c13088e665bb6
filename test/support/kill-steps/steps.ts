import type { Fault } from '../fault-rpc/fault.js';
import { longBlockhashes } from '../fault-rpc/faults/lies.js';
import { dropSends } from '../fault-rpc/faults/sends.js';
import { unfinal } from '../fault-rpc/faults/statuses.js';
import type { Step } from './trap.js';

export type Role = 'api' | 'worker';

/** Steps that orders come to within moments of each other: one death can meet different orders at all of them. */
export interface Stretch {
  /** Whose steps they are. */
  readonly role: Role;
  readonly steps: readonly Step[];
  /** What brings orders to these steps. */
  readonly faults?: () => readonly Fault[];
}

/** The steps of docs/landing.md: each commit, and each reply of the node. What takes longest comes first. */
export const STRETCHES: readonly Stretch[] = [
  { role: 'worker', steps: [retry('retry after expiry', true)], faults: () => [dropSends()] },
  { role: 'api', steps: [commit('intake', 'insert into idempotency_keys')] },
  {
    role: 'worker',
    steps: [commit('claim', 'set lease_owner = $2'), event('routing', 'Comparing Raydium and Meteora')],
  },
  { role: 'worker', steps: [reply('getMultipleAccounts')] },
  { role: 'worker', steps: [commit('quotes', 'insert into order_quotes'), event('route and price limit', 'building')] },
  { role: 'worker', steps: [event('simulation', 'simulating'), reply('simulateTransaction')] },
  {
    role: 'worker',
    steps: [reply('getLatestBlockhash'), reply('getBlockHeight'), commit('attempt', 'insert into attempts')],
  },
  { role: 'worker', steps: [reply('sendTransaction'), event('sent', 'submitted')] },
  { role: 'worker', steps: [reply('getSignatureStatuses')] },
  { role: 'worker', steps: [event('confirmed', 'confirmed')], faults: () => [unfinal()] },
  { role: 'worker', steps: [reply('getTransaction'), event('completed', 'finalized')] },
  { role: 'worker', steps: [retry('retry before signing', false)], faults: () => [longBlockhashes({ by: 100_000 })] },
];

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
