import type { OrderId } from '../kernel/ids.js';
import { U64_MAX } from '../kernel/math.js';
import type { ConsideredQuote } from '../kernel/quotes.js';
import { DEFAULT_TOKENS } from '../kernel/tokens/listed-tokens.js';
import { loadConfig } from '../platform/config/load-config.js';
import type { Order } from '../orders/domain/order.js';
import type { Route } from '../routing/domain/route.js';
import type { Routing, RoutingService } from '../routing/routing.service.js';
import type { OrderValue } from '../orders/domain/risk.js';
import { OrderPolicy } from './order-policy.js';
import { OrderValuation } from './order-valuation.js';
import type { DailyLimit, DailyVolumeStore } from './persistence/daily-volume.store.js';

const listed = (symbol: string) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!;
const BUY = {
  orderId: 'an order' as OrderId,
  side: 'buy',
  base: listed('SOL'),
  quote: listed('USDC'),
  amount: 500_000_000n,
} as unknown as Order;
const ROUTE = {
  swapMode: 'ExactOut',
  inAmount: 75_000_000n,
  outAmount: 500_000_000n,
  priceImpactBps: 10,
  swaps: [{ pool: { venue: 'raydium' } }],
} as unknown as Route;
const LIMIT = 75_375_000n;

/** Real: the policy, the valuation. Fake: routing, which is not asked for what an order with a side in USDC is worth; the table of volumes. */
class Volumes {
  readonly reserved: OrderValue[] = [];
  exceeded: DailyLimit | null = null;

  reserve(_orderId: OrderId, value: OrderValue): Promise<DailyLimit | null> {
    this.reserved.push(value);
    return Promise.resolve(this.exceeded);
  }
}

describe('the policy on a route', () => {
  const volumes = () => new Volumes();
  const valuation = new OrderValuation(null as unknown as RoutingService);
  const policyOf = (env: Record<string, string>, counted: Volumes) =>
    new OrderPolicy(valuation, counted as unknown as DailyVolumeStore, loadConfig(env));
  const judge = (env: Record<string, string>, { counted = volumes(), considered = [] as ConsideredQuote[] } = {}) =>
    policyOf(env, counted).objectionTo(BUY, ROUTE, LIMIT, { considered } as unknown as Routing);
  const other = (inAmount: bigint) =>
    [{ venue: 'meteora', inAmount, outAmount: ROUTE.outAmount }] as unknown as ConsideredQuote[];

  it('objects to nothing and counts nothing while there are no limits', async () => {
    const counted = volumes();
    expect(await judge({}, { counted, considered: other(1n) })).toBeNull();
    expect(counted.reserved).toEqual([]);
  });

  it('takes a buy for the most that it may pay', async () => {
    expect(await judge({ RISK_MAX_ORDER_USD: '75.375' })).toBeNull();
    expect(await judge({ RISK_MAX_ORDER_USD: '75.374999' })).toEqual({
      code: 'policy-denied',
      message: 'max-order-usd: the order comes to 75.375 USD; at most 75.374999 are allowed',
    });
    const counted = volumes();
    await judge({ RISK_MAX_DAILY_USD_TOTAL: '1000' }, { counted });
    expect(counted.reserved).toEqual([{ usdMicros: LIMIT, ofQuote: LIMIT }]);
  });

  it('counts the volume last: what is refused for another reason uses up none', async () => {
    const counted = volumes();
    const env = { RISK_MAX_DAILY_USD: '1000', RISK_ALLOWED_TOKENS: 'SOL' };
    expect(await judge(env, { counted })).toMatchObject({ message: 'allowed-tokens: USDC may not be traded' });
    expect(counted.reserved).toEqual([]);
  });

  it.each(['max-daily-usd', 'max-daily-usd-total'] as const)('names the limit %s that is used up', async (exceeded) => {
    const counted = Object.assign(volumes(), { exceeded });
    const ending = await judge({ RISK_MAX_DAILY_USD: '1000' }, { counted });
    expect(ending).toEqual({
      code: 'policy-denied',
      message: `${exceeded}: the volume that is allowed for today is used up`,
    });
  });

  it('objects to a quote that is too far from that of the other venue', async () => {
    const env = { RISK_MAX_VENUE_DEVIATION_BPS: '100' };
    expect(await judge(env, { considered: other(75_750_000n) })).toBeNull();
    expect(await judge(env, { considered: other(75_757_501n) })).toMatchObject({
      code: 'policy-denied',
      message: 'max-venue-deviation: the quote is 102 bps away from that of the other venue; at most 100 are allowed',
    });
  });

  it.each([
    ['1.1234567', 6, 1_123_456n],
    ['20000000000', 9, U64_MAX],
    ['100', 18, U64_MAX],
    ['0.5', 0, 0n],
    ['75', 6, 75_000_000n],
  ])('takes MAX_ORDER_QUOTE=%s exactly, for a quote token of %i decimals', async (maxQuote, decimals, largest) => {
    const policy = policyOf({ MAX_ORDER_QUOTE: maxQuote }, volumes());
    const order = { ...BUY, quote: { ...BUY.quote, decimals } } as Order;
    const objectionTo = (inAmount: bigint) => {
      const route = { ...ROUTE, inAmount } as Route;
      return policy.objectionTo(order, route, inAmount, { considered: [] } as unknown as Routing);
    };
    expect(await objectionTo(largest)).toBeNull();
    if (largest === U64_MAX) return;
    expect(await objectionTo(largest + 1n)).toEqual({
      code: 'policy-denied',
      message: `max-order-quote: the order is larger than MAX_ORDER_QUOTE (${maxQuote})`,
    });
  });

  it('says first what the market says: an order beyond its price is not the policy’s', async () => {
    const policy = policyOf({ RISK_MAX_ORDER_USD: '1' }, volumes());
    const ending = await policy.objectionTo(BUY, ROUTE, 74_999_999n, { considered: [] } as unknown as Routing);
    expect(ending).toMatchObject({ code: 'slippage-exceeded' });
  });
});
