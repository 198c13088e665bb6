import { describeRoute } from '../kernel/quotes.js';
import { startEngine } from './demo/engine-process.js';
import { LifecycleTable } from './demo/lifecycle-table.js';
import { type FinishedOrder, OrderClient, type UpdateFrame } from './demo/order-client.js';

/** Places one buy and one sell on an engine of its own and shows what becomes of them. Exits 0 when both completed. */

const FINAL = new Set(['completed', 'failed', 'cancelled']);
const GIVE_UP_AFTER_MS = 120_000;
const USER = 'demo';
const ORDERS = [
  { side: 'buy', amount: '2.5', baseToken: 'SOL', quoteToken: 'USDC' },
  // Large enough for several pools side by side, in one transaction.
  { side: 'sell', amount: '100000', baseToken: 'RAY', quoteToken: 'USDC' },
] as const;

async function main(): Promise<boolean> {
  console.log('Starting an engine of its own: embedded PostgreSQL in a throw-away folder, paper chain …');
  const engine = await startEngine();
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error('interrupted')));
  });
  try {
    console.log(`The engine listens on ${engine.url}. One buy and one sell, watched over WebSocket:\n`);
    return await Promise.race([trade(engine.url), interrupted]);
  } finally {
    await engine.stop();
  }
}

async function trade(url: string): Promise<boolean> {
  const client = new OrderClient(url, USER);
  const table = new LifecycleTable(process.stdout);
  const watch = new FinalWatch();
  const early: UpdateFrame[] = [];
  let placed = false;
  const stream = await client.watch(
    (frame) => {
      watch.see(frame);
      // An order's first events can be faster than the answer that names it.
      if (placed) table.update(frame);
      else early.push(frame);
    },
    (reason) => watch.fail(reason),
  );
  const answers = await Promise.all(ORDERS.map((order) => client.place(order)));
  answers.forEach(({ orderId }, i) => {
    const order = ORDERS[i];
    if (order !== undefined)
      table.add(orderId, `${order.side} ${order.amount} ${order.baseToken} / ${order.quoteToken}`);
  });
  placed = true;
  for (const frame of early) table.update(frame);
  await watch.allFinal(answers.map(({ orderId }) => orderId));
  stream.close();

  const finished = await Promise.all(answers.map(({ orderId }) => client.get(orderId)));
  console.log('\nFills:');
  for (const order of finished) console.log(fillLine(order));
  return finished.every(({ status }) => status === 'completed');
}

function fillLine(order: FinishedOrder): string {
  if (order.status !== 'completed') {
    return `  ${order.side} ${order.baseToken}: ${order.status} (${order.error?.code ?? 'no code'}: ${order.error?.message ?? ''})`;
  }
  const verb = order.side === 'buy' ? 'bought' : 'sold';
  const where = describeRoute(order.route ?? []);
  return (
    `  ${verb} ${order.filledBase ?? ''} ${order.baseToken} for ${order.filledQuote ?? ''} ${order.quoteToken}` +
    ` at ${order.executionPrice ?? ''} on ${where}\n    transaction ${order.signature ?? ''}`
  );
}

/** Waits for final events, which may come before anybody asks for them. */
class FinalWatch {
  private readonly final = new Set<string>();
  private wake: () => void = () => undefined;
  private failure: string | null = null;

  see({ orderId, status }: UpdateFrame): void {
    if (FINAL.has(status)) this.final.add(orderId);
    this.wake();
  }

  fail(reason: string): void {
    this.failure = reason;
    this.wake();
  }

  async allFinal(orderIds: readonly string[]): Promise<void> {
    const timer = setTimeout(() => this.fail('the orders did not end in time'), GIVE_UP_AFTER_MS);
    while (!orderIds.every((orderId) => this.final.has(orderId))) {
      if (this.failure !== null) throw new Error(this.failure);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    clearTimeout(timer);
  }
}

main().then(
  (completed) => process.exit(completed ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
