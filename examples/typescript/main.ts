/** Places a market order and follows it to its end, over any number of cut connections. */
import process from 'node:process';
import type { Side } from './api.js';
import { EngineClient } from './engine-client.js';

const { ENGINE_URL = 'http://127.0.0.1:3000', ENGINE_KEY, ENGINE_USER = 'user123' } = process.env;
const [side = 'buy', amount = '2.5'] = process.argv.slice(2);

const engine = new EngineClient({
  url: ENGINE_URL,
  credential: ENGINE_KEY === undefined ? { userId: ENGINE_USER } : { key: ENGINE_KEY },
  onCut: (last) => console.error(`cut: connecting again from ${last}`),
});

const { orderId } = await engine.place({ baseToken: 'SOL', quoteToken: 'USDC', amount, side: side as Side });
const [acceptance] = await engine.events(orderId);
for await (const event of engine.watch((acceptance?.sequence ?? 1) - 1)) {
  if (event.orderId !== orderId) continue;
  console.log(`${event.sequence} ${event.status}/${event.stage}: ${event.message}`);
  if (['completed', 'failed', 'cancelled'].includes(event.status)) break;
}
const order = await engine.order(orderId);
console.log(
  `${order.status}: ${order.filledBase ?? '0'} SOL for ${order.filledQuote ?? '0'} USDC, ${order.signature ?? ''}`,
);
process.exitCode = order.status === 'completed' ? 0 : 1;
