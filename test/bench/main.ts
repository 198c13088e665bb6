/** `npm run bench`: every figure as a JSON line on stdout, and all of them as a table on stderr. Names narrow it down. */
import { REDIS_URL_VARIABLE } from '../support/redis.js';
import { setUpStores, tearDownStores } from '../support/global-stores.js';
import { benchAuth } from './auth.bench.js';
import { benchEndToEnd } from './end-to-end.bench.js';
import { benchIntake } from './intake.bench.js';
import { benchLanding, benchLiveAttempts } from './landing.bench.js';
import { benchQuotes } from './quotes.bench.js';
import { benchOrderList } from './order-list.bench.js';
import { Report } from './report.js';
import { benchRoutes } from './routes.bench.js';
import { benchStartup } from './startup.bench.js';
import { benchStreams } from './streams.bench.js';
import { benchWarmQuotes } from './warm-quotes.bench.js';

async function main(wanted: readonly string[]): Promise<void> {
  const report = new Report();
  await setUpStores();
  const redisUrl = process.env[REDIS_URL_VARIABLE] ?? null;
  const stores = redisUrl === null ? (['postgres'] as const) : (['redis', 'postgres'] as const);
  const benches = [
    { name: 'quotes', run: () => benchQuotes((text) => report.say(text)) },
    { name: 'routes', run: () => benchRoutes() },
    { name: 'warm-quotes', run: () => benchWarmQuotes() },
    ...stores.map((store) => ({ name: `intake-${store}`, run: () => benchIntake(store, redisUrl) })),
    ...stores.map((store) => ({ name: `end-to-end-${store}`, run: () => benchEndToEnd(store, redisUrl) })),
    ...stores.map((store) => ({
      name: `streams-${store}`,
      run: () => benchStreams(store, redisUrl, (text) => report.say(text)),
    })),
    { name: 'landing-orders', run: () => benchLanding() },
    { name: 'landing-live', run: () => benchLiveAttempts() },
    { name: 'order-list', run: () => benchOrderList() },
    { name: 'auth', run: () => benchAuth() },
    { name: 'startup', run: () => benchStartup() },
  ];
  try {
    for (const { name, run } of benches) {
      if (wanted.length > 0 && !wanted.some((prefix) => name.startsWith(prefix))) continue;
      report.say(`measuring ${name} …`);
      report.add(...(await run()));
    }
  } finally {
    await tearDownStores();
  }
  report.table();
}

await main(process.argv.slice(2));
