import { DEFAULT_TOKENS } from '../kernel/tokens/listed-tokens.js';
import type { Order } from '../orders/domain/order.js';
import type { Route, RouteRequest } from '../routing/domain/route.js';
import type { RoutingService } from '../routing/routing.service.js';
import { OrderValuation } from './order-valuation.js';

const listed = (symbol: string) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!;
const orderOf = (base: string, quote: string) =>
  ({ side: 'sell', base: listed(base), quote: listed(quote), amount: 100_000_000n }) as unknown as Order;
const LAMPORTS = 2_000_000_000n;

/** Real: the valuation. Fake: routing, which knows what so much of a token costs in one stable token. */
describe('what an order comes to', () => {
  const world = (costs: Readonly<Record<string, bigint>>) => {
    const asked: RouteRequest[] = [];
    const route = (request: RouteRequest) => {
      asked.push(request);
      const inAmount = costs[DEFAULT_TOKENS.find(({ mint }) => mint === request.inputMint)!.symbol];
      return Promise.resolve({ best: inAmount === undefined ? null : ({ inAmount } as Route) });
    };
    return { asked, valuation: new OrderValuation({ route } as unknown as RoutingService) };
  };

  it('is its side in USDC or USDT, and nobody is asked', async () => {
    const { asked, valuation } = world({});
    expect(await valuation.of(orderOf('SOL', 'USDC'), 7n)).toEqual({ usdMicros: 7n, ofQuote: 7n });
    expect(await valuation.of(orderOf('USDT', 'SOL'), 7n)).toEqual({ usdMicros: 100_000_000n, ofQuote: null });
    expect(asked).toEqual([]);
  });

  it('is else what its quote token would cost, all of it received', async () => {
    const { asked, valuation } = world({ USDC: 301_000_000n });
    expect(await valuation.of(orderOf('BONK', 'SOL'), LAMPORTS)).toEqual({
      usdMicros: 301_000_000n,
      ofQuote: LAMPORTS,
    });
    expect(asked).toEqual([
      { swapMode: 'ExactOut', inputMint: listed('USDC').mint, outputMint: listed('SOL').mint, amount: LAMPORTS },
    ]);
  });

  it('is what it would cost in USDT where USDC buys none, and unknown where neither does', async () => {
    expect((await world({ USDT: 5n }).valuation.of(orderOf('BONK', 'SOL'), LAMPORTS))?.usdMicros).toBe(5n);
    expect(await world({}).valuation.of(orderOf('BONK', 'SOL'), LAMPORTS)).toBeNull();
  });
});
