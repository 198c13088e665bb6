import type pg from 'pg';
import { brokenStories, type EventRow, isFinal, sequenceGaps } from '../../support/event-story.js';
import type { ScriptedChain } from './scripted-chain.js';

interface OrderRow {
  readonly id: string;
  readonly user_id: string;
  readonly side: 'buy' | 'sell';
  readonly amount: string;
  readonly status: string;
  readonly stage: string;
  readonly price_limit: string | null;
  readonly filled_base: string | null;
  readonly filled_quote: string | null;
  readonly signature: string | null;
  readonly lease_owner: string | null;
}

interface AttemptRow {
  readonly order_id: string;
  readonly number: number;
  readonly signature: string;
  readonly threshold: string;
  readonly state: string;
}

/** Everything that is broken about one network's orders, held against the truth of its chain. */
export async function brokenPromises(pool: pg.Pool, networkId: number, chain: ScriptedChain): Promise<string[]> {
  const rows = async <T extends object>(sql: string) => (await pool.query<T>(sql, [networkId])).rows;
  const own = 'in (select id from orders where network_id = $1)';
  const orders = await rows<OrderRow>('select * from orders where network_id = $1');
  const attempts = await rows<AttemptRow>(`select * from attempts where order_id ${own} order by order_id, number`);
  const events = await rows<EventRow>(`select * from order_events where order_id ${own} order by user_id, sequence`);
  const counters = await rows<{ user_id: string; last_sequence: string }>(
    'select * from user_sequences where user_id in (select user_id from orders where network_id = $1)',
  );
  return [
    ...chain.violations,
    ...strangers(chain, attempts),
    ...orders.flatMap((order) => [
      ...landings(order, chain),
      ...numbering(order, attempts),
      ...prices(order, attempts),
    ]),
    ...brokenStories(orders, events),
    ...sequenceGaps(events, new Map(counters.map((row) => [row.user_id, BigInt(row.last_sequence)]))),
  ];
}

/** Every signature that the chain ever saw is an attempt's, with one form of its bytes and the memo of that attempt. */
function strangers(chain: ScriptedChain, attempts: readonly AttemptRow[]): string[] {
  const known = new Map(attempts.map((attempt) => [attempt.signature, `${attempt.order_id}/${attempt.number}`]));
  const unknown = [...new Set(chain.sends)].filter((signature) => !known.has(signature));
  const rewritten = [...chain.sentBytes].filter(([, forms]) => forms.size > 1);
  const misnamed = chain.landed.filter(({ signature, memo }) => known.get(signature) !== memo);
  return [
    ...unknown.map((signature) => `${signature} was sent and is no attempt`),
    ...rewritten.map(([signature]) => `${signature} was sent in two forms`),
    ...misnamed.map(({ signature, memo }) => `${signature} carries the memo ${memo}`),
  ];
}

function landings({ id, status, stage, signature, lease_owner }: OrderRow, chain: ScriptedChain): string[] {
  const landed = chain.landedSuccesses.filter(({ memo }) => memo.startsWith(`${id}/`));
  const expected = status === 'completed' && stage !== 'simulated' ? 1 : 0;
  const broken: string[] = [];
  if (landed.length > 1) broken.push(`order ${id} landed ${landed.length} times`);
  if (stage !== 'unknown' && landed.length !== expected) {
    broken.push(`order ${id} is ${status}/${stage} and landed ${landed.length} times`);
  }
  if (expected === 1 && landed[0]?.signature !== signature) broken.push(`order ${id} names another signature`);
  if (isFinal(status) && lease_owner !== null) broken.push(`order ${id} is final and leased`);
  return broken;
}

function numbering({ id, status }: OrderRow, attempts: readonly AttemptRow[]): string[] {
  const own = attempts.filter(({ order_id }) => order_id === id);
  const live = own.filter(({ state }) => !['expired', 'finalized_error', 'finalized_ok'].includes(state));
  const broken = own.some(({ number }, i) => number !== i + 1) ? [`attempts of order ${id} are not 1, 2, …`] : [];
  if (status === 'failed' && live.length > 0) broken.push(`order ${id} failed with an attempt ${live[0]!.state}`);
  return broken;
}

/** No attempt is allowed to trade beyond the limit fixed at first, and what landed kept to it. */
function prices(order: OrderRow, attempts: readonly AttemptRow[]): string[] {
  const { id, side, amount, filled_base, filled_quote } = order;
  const limit = BigInt(order.price_limit ?? 0);
  const isWorse = (quote: bigint) => (side === 'buy' ? quote > limit : quote < limit);
  const broken = attempts
    .filter((attempt) => attempt.order_id === id && isWorse(BigInt(attempt.threshold)))
    .map(({ number, threshold }) => `attempt ${id}/${number} has the threshold ${threshold}, the limit is ${limit}`);
  if (filled_base !== null && filled_base !== amount) broken.push(`order ${id} of ${amount} filled ${filled_base}`);
  if (filled_quote !== null && isWorse(BigInt(filled_quote))) broken.push(`order ${id} filled at ${filled_quote}`);
  return broken;
}
