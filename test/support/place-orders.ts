import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { OpenApi } from './open-api.js';

export interface OrderRequest {
  readonly baseToken: string;
  readonly quoteToken: string;
  readonly amount: string;
  readonly side: 'buy' | 'sell';
  readonly [more: string]: unknown;
}

/** Small orders over several pairs and both sides. */
export const SMALL_ORDERS: readonly OrderRequest[] = [
  { baseToken: 'SOL', quoteToken: 'USDC', amount: '0.5', side: 'buy' },
  { baseToken: 'SOL', quoteToken: 'USDC', amount: '0.25', side: 'sell' },
  { baseToken: 'BONK', quoteToken: 'SOL', amount: '100000', side: 'buy' },
  { baseToken: 'RAY', quoteToken: 'USDC', amount: '10', side: 'sell' },
  { baseToken: 'JUP', quoteToken: 'USDC', amount: '30', side: 'buy' },
];

const PLACE = '/orders/execute';

export interface KeptRequest {
  readonly key: string;
  readonly userId: string;
  readonly body: OrderRequest;
}

/** Requests with a key each, spread over three users. */
export function requests(count: number): KeptRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    key: randomUUID(),
    userId: `user-${i % 3}`,
    body: SMALL_ORDERS[i % SMALL_ORDERS.length]!,
  }));
}

export interface PlaceAnswer {
  readonly status: number;
  readonly orderId: string | null;
  readonly retryAfter: string | null;
}

/** One attempt to place; throws when there is no answer, or one that the engine's OpenAPI document does not foresee. */
export async function placeOnce(url: string, { key, userId, body }: KeptRequest): Promise<PlaceAnswer> {
  const openApi = await OpenApi.of(url);
  const response = await fetch(`${url}${PLACE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'x-user-id': userId },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const { status, headers } = response;
  const text = await response.text();
  openApi.hold('POST', PLACE, { status, headers, text });
  const { orderId } = JSON.parse(text) as { orderId?: string };
  return { status, orderId: orderId ?? null, retryAfter: headers.get('retry-after') };
}

/**
 * Places until there is a 201, like a client that repeats after an error or no answer; `url` is asked for each time, because the
 * engine may come back elsewhere. Returns the order's id.
 */
export async function placeUntilAccepted(url: () => string, request: KeptRequest, timeoutMs = 60_000): Promise<string> {
  return eventually(
    async () => {
      const { status, orderId } = await placeOnce(url(), request);
      if (status !== 201 || orderId === null) throw new Error(`placing was answered with ${status}`);
      return orderId;
    },
    { timeoutMs, everyMs: 50 },
  );
}

/** Places all at once, at most `width` in flight, each until it is accepted. */
export async function placeAll(url: () => string, all: readonly KeptRequest[], width = 10): Promise<string[]> {
  const left = [...all];
  const accepted: string[] = [];
  const client = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      accepted.push(await placeUntilAccepted(url, next));
    }
  };
  await Promise.all(Array.from({ length: width }, client));
  return accepted;
}

/** What tells why an order does not go on: who holds it, for how long, and when it was to be taken up again. */
const STUCK = `
  select id, stage, run, starts, thrown_starts, faults, lease_owner, lease_until - clock_timestamp() as lease_left,
    next_run_at - clock_timestamp() as next_run_in, sweep_at - clock_timestamp() as sweep_in, clock_timestamp() - updated_at as age
  from orders where completed_at is null limit 5`;

/** Waits until no order is left in progress; those of stage `unknown` count as ended. */
export async function untilAllEnded(
  query: <T extends object>(sql: string) => Promise<T[]>,
  timeoutMs = 60_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const rows = await query<{ status: string; stage: string; count: string }>(
      `select status, stage, count(*) from orders where completed_at is null and stage <> 'unknown' group by 1, 2
       union all select 'attempt', state, count(*) from attempts where resolved_at is null and state <> 'unresolved' group by 1, 2`,
    );
    if (rows.length === 0) return;
    if (Date.now() > end) {
      const stuck = await query(STUCK);
      throw new Error(`not ended in ${timeoutMs} ms: ${JSON.stringify(rows)} ${JSON.stringify(stuck)}`);
    }
    await sleep(50);
  }
}
