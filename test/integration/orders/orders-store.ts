import { randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { type OrderId, newOrderId } from '../../../src/kernel/ids.js';
import { DEFAULT_TOKENS } from '../../../src/kernel/tokens/listed-tokens.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import type { CurrentNetwork } from '../../../src/platform/network/current-network.js';
import { registerNetwork } from '../../../src/chain/persistence/network.store.js';
import type { OrderEventKind, OrderStatus } from '../../../src/orders/domain/order-status.js';
import type { OrderChange } from '../../../src/orders/persistence/order-change.js';
import { OrderEventRow } from '../../../src/orders/persistence/order-event.row.js';
import type { NewOrder } from '../../../src/orders/persistence/new-order.js';
import { OrderIntakeStore } from '../../../src/orders/persistence/order-intake.store.js';
import { OrderQuotesStore } from '../../../src/orders/persistence/order-quotes.store.js';
import { OrderRow } from '../../../src/orders/persistence/order.row.js';
import { OrderStore } from '../../../src/orders/persistence/order.store.js';
import { AttemptStore } from '../../../src/execution/persistence/attempt.store.js';

const listed = (symbol: string) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!;

/** The stores of one process, over a pool of its own. */
export interface Stores {
  readonly dataSource: DataSource;
  readonly network: CurrentNetwork;
  readonly intake: OrderIntakeStore;
  readonly orders: OrderStore;
  readonly quotes: OrderQuotesStore;
  readonly attempts: AttemptStore;
  readonly close: () => Promise<void>;
}

export async function openStores(url: string): Promise<Stores> {
  const options = dataSourceOptions({ url, poolSize: 20 });
  const dataSource = new DataSource({
    ...options,
    // Tests ask for all connections at once, and a busy machine takes its time to make them.
    extra: { ...options.extra, connectionTimeoutMillis: 10_000 },
    entities: [OrderRow, OrderEventRow],
  });
  await dataSource.initialize();
  const network = await registerNetwork(dataSource, { genesisHash: 'test', chain: 'paper', execution: 'live' });
  return {
    dataSource,
    network,
    intake: new OrderIntakeStore(dataSource, network, loadConfig({ DATABASE_URL: url })),
    orders: new OrderStore(dataSource),
    quotes: new OrderQuotesStore(dataSource),
    attempts: new AttemptStore(dataSource, network),
    close: () => dataSource.destroy(),
  };
}

export function newOrder(terms: Partial<NewOrder> = {}): NewOrder {
  return {
    orderId: newOrderId(),
    userId: `user-${randomUUID()}`,
    clientOrderId: null,
    side: 'buy',
    base: listed('SOL'),
    quote: listed('USDC'),
    amount: 1_000n,
    slippageBps: 50,
    quoteBound: null,
    venues: ['raydium', 'meteora'],
    message: 'accepted',
    idempotency: null,
    ...terms,
  };
}

export function keyed(
  key: string,
  bodyHash: Uint8Array = new Uint8Array(randomBytes(32)),
): Pick<NewOrder, 'idempotency'> {
  return { idempotency: { key, bodyHash } };
}

/** A step with whatever its end must say. */
export function step(orderId: OrderId, kind: OrderEventKind, more: Partial<OrderChange> = {}): OrderChange {
  const facts = FACTS[kind];
  return { orderId, kind, attempt: 1, message: kind, ...(facts === undefined ? {} : { facts }), ...more };
}

const FACTS: Partial<Record<OrderEventKind, OrderChange['facts']>> = {
  completed: { filledBase: 1_000n, filledQuote: 1n },
  simulated: { filledBase: 1_000n, filledQuote: 1n },
  failed: { error: { code: 'internal', message: 'failed' } },
};

/** The steps that lead to a status. */
export const WAY_TO: Readonly<Record<OrderStatus, readonly OrderEventKind[]>> = {
  pending: [],
  routing: ['routing-started'],
  executing: ['routing-started', 'building-started'],
  completed: ['routing-started', 'building-started', 'completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};
