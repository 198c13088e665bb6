import pg from 'pg';
import { DataSource } from 'typeorm';
import { AuditVerifier } from '../../src/audit/audit-verifier.js';
import { AuditTrailStore } from '../../src/audit/persistence/audit-trail.store.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { brokenStories, type EventRow, isFinal, sequenceGaps } from './event-story.js';
import { type LedgerRow, LedgerSwap, walletOf } from './ledger-swap.js';

interface OrderRow {
  readonly id: string;
  readonly user_id: string;
  readonly side: 'buy' | 'sell';
  readonly base_mint: string;
  readonly quote_mint: string;
  readonly amount: string;
  readonly status: string;
  readonly stage: string;
  readonly price_limit: string | null;
  readonly filled_base: string | null;
  readonly filled_quote: string | null;
  readonly signature: string | null;
  readonly completed_at: Date | null;
}

interface AttemptRow {
  readonly order_id: string;
  readonly number: number;
  readonly signature: string;
  readonly state: string;
}

/** Everything that the promises are about, read in one snapshot. */
export interface Book {
  readonly wallet: string;
  readonly orders: readonly OrderRow[];
  readonly attempts: readonly AttemptRow[];
  readonly events: readonly EventRow[];
  readonly sequences: ReadonlyMap<string, bigint>;
  /** By user, as counted for the order of turns. */
  readonly openOrders: ReadonlyMap<string, number>;
  readonly swaps: readonly LedgerSwap[];
}

const DEAD_ATTEMPTS = new Set(['expired', 'finalized_error']);

/** Throws with every broken promise of an engine at rest; `acknowledged` are the orders that clients have an answer for. */
export async function checkBook(databaseUrl: string, acknowledged: Iterable<string>): Promise<Book> {
  const book = await readBook(databaseUrl);
  const broken = [
    ...lostOrders(book, acknowledged),
    ...unfinishedOrders(book),
    ...landings(book),
    ...strangers(book),
    ...liveAttempts(book),
    ...sequenceGaps(book.events, book.sequences),
    ...brokenStories(book.orders, book.events),
    ...miscountedOpenOrders(book),
    ...wrongFills(book),
    ...(await brokenAuditTrail(databaseUrl)),
  ];
  if (broken.length > 0) throw new Error(`the order book is broken:\n${broken.join('\n')}`);
  return book;
}

export async function readBook(databaseUrl: string): Promise<Book> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const rows = async <T extends object>(sql: string) => (await client.query<T>(sql)).rows;
    const [chain] = await rows<{ wallet_secret: Buffer }>('select wallet_secret from paper.chain');
    const counters = await rows<{ user_id: string; last_sequence: string; open_orders: number }>(
      'select * from user_sequences',
    );
    return {
      wallet: chain === undefined ? '' : walletOf(chain.wallet_secret),
      orders: await rows<OrderRow>('select * from orders order by created_at, id'),
      attempts: await rows<AttemptRow>(
        'select order_id, number, signature, state from attempts order by order_id, number',
      ),
      events: await rows<EventRow>('select * from order_events order by user_id, sequence'),
      sequences: new Map(counters.map((row) => [row.user_id, BigInt(row.last_sequence)])),
      openOrders: new Map(counters.map((row) => [row.user_id, row.open_orders])),
      swaps: (
        await rows<LedgerRow>('select signature, wire, error, meta from paper.transactions order by version, position')
      ).map((row) => new LedgerSwap(row)),
    };
  } finally {
    await client.end();
  }
}

async function brokenAuditTrail(url: string): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions({ url, poolSize: 1 })).initialize();
  try {
    const { firstBad } = await new AuditVerifier(new AuditTrailStore(dataSource)).verify();
    return firstBad === null ? [] : [`the audit trail is broken at ${JSON.stringify(firstBad)}`];
  } finally {
    await dataSource.destroy();
  }
}

function miscountedOpenOrders({ orders, openOrders }: Book): string[] {
  return [...openOrders].flatMap(([userId, counted]) => {
    const open = orders.filter((order) => order.user_id === userId && order.completed_at === null).length;
    return open === counted ? [] : [`user ${userId} has ${open} unfinished orders, and ${counted} are counted`];
  });
}

function lostOrders({ orders }: Book, acknowledged: Iterable<string>): string[] {
  const stored = new Set(orders.map(({ id }) => id));
  return [...acknowledged]
    .filter((id) => !stored.has(id))
    .map((id) => `order ${id} was acknowledged and is not stored`);
}

function unfinishedOrders({ orders }: Book): string[] {
  return orders
    .filter(({ status, stage }) => !isFinal(status) && stage !== 'unknown')
    .map(({ id, status, stage }) => `order ${id} is still ${status}/${stage}`);
}

/** At most one landed success an order, and exactly one iff it completed (by simulation: none). */
function landings({ orders, swaps }: Book): string[] {
  const landed = new Map<string, LedgerSwap[]>();
  for (const swap of swaps.filter(({ succeeded }) => succeeded)) {
    const orderId = swap.memo?.split('/')[0] ?? 'nobody';
    landed.set(orderId, [...(landed.get(orderId) ?? []), swap]);
  }
  return orders.flatMap(({ id, status, stage, signature }) => {
    const found = landed.get(id) ?? [];
    if (stage === 'unknown') return found.length > 1 ? [`order ${id} landed ${found.length} times`] : [];
    const expected = status === 'completed' && stage !== 'simulated' ? 1 : 0;
    if (found.length !== expected) return [`order ${id} is ${status}/${stage} and landed ${found.length} times`];
    const [swap] = found;
    return swap !== undefined && swap.signature !== signature
      ? [`order ${id} names ${signature ?? 'no'} signature, not ${swap.signature}`]
      : [];
  });
}

/** Nothing by the wallet on the ledger that is not an attempt, memo and all; an attempt is called final only for what the ledger says. */
function strangers({ wallet, swaps, attempts }: Book): string[] {
  const known = new Map(attempts.map((attempt) => [attempt.signature, attempt]));
  const landed = new Map(swaps.map((swap) => [swap.signature, swap]));
  const onLedger = swaps
    .filter(({ feePayer }) => feePayer === wallet)
    .flatMap(({ signature, memo }) => {
      const attempt = known.get(signature);
      if (attempt === undefined) return [`the ledger has ${signature} (${memo ?? 'no memo'}), which is no attempt`];
      const meant = `${attempt.order_id}/${attempt.number}`;
      return memo === meant ? [] : [`attempt ${meant} has the memo ${memo ?? 'null'}`];
    });
  const claimed = attempts.flatMap(({ order_id, number, signature, state }) => {
    const swap = landed.get(signature);
    const isTrue =
      (state === 'finalized_ok' && swap?.succeeded === true) ||
      (state === 'finalized_error' && swap?.succeeded === false) ||
      (state === 'expired' && swap === undefined) ||
      !['finalized_ok', 'finalized_error', 'expired'].includes(state);
    return isTrue ? [] : [`attempt ${order_id}/${number} is ${state}, the ledger disagrees`];
  });
  return [...onLedger, ...claimed];
}

function liveAttempts({ attempts, orders }: Book): string[] {
  return orders.flatMap(({ id, stage }) => {
    const own = attempts.filter(({ order_id }) => order_id === id);
    const live = own.filter(({ state }) => !DEAD_ATTEMPTS.has(state));
    const open = live.filter(({ state }) => state !== 'finalized_ok');
    const gaps = own.some(({ number }, i) => number !== i + 1)
      ? [`attempts of order ${id} are not numbered 1, 2, …`]
      : [];
    if (live.length > 1) gaps.push(`order ${id} has ${live.length} live attempts`);
    if (open.length > 0 && stage !== 'unknown') gaps.push(`an attempt of order ${id} is left ${open[0]?.state ?? ''}`);
    return gaps;
  });
}

/** Fills are what the ledger moved, exactly `amount` on the base side, and never beyond the limit fixed at first. */
function wrongFills({ orders, swaps, wallet }: Book): string[] {
  const landed = new Map(swaps.map((swap) => [swap.signature, swap]));
  return orders.flatMap((order) => {
    const swap = order.signature === null ? undefined : landed.get(order.signature);
    if (order.status !== 'completed' || swap === undefined) return [];
    const sign = order.side === 'buy' ? 1n : -1n;
    const base = sign * BigInt(order.filled_base ?? 0);
    const quote = -sign * BigInt(order.filled_quote ?? 0);
    const moved = [
      swap.gainedByWallet(order.base_mint, wallet),
      -swap.gainedByPools(order.base_mint, wallet),
      swap.gainedByWallet(order.quote_mint, wallet),
      -swap.gainedByPools(order.quote_mint, wallet),
    ];
    const broken: string[] = [];
    if (moved[0] !== base || moved[1] !== base || moved[2] !== quote || moved[3] !== quote) {
      broken.push(`order ${order.id} says ${base} for ${quote}, the ledger ${moved.join(', ')}`);
    }
    if (base !== sign * BigInt(order.amount)) broken.push(`order ${order.id} of ${order.amount} filled ${base}`);
    const paid = BigInt(order.filled_quote ?? 0);
    const limit = BigInt(order.price_limit ?? 0);
    if (order.side === 'buy' ? paid > limit : paid < limit)
      broken.push(`order ${order.id} filled at ${paid}, limit ${limit}`);
    return broken;
  });
}
