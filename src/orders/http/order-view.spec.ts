import type { ConsideredQuote, RouteStep } from '../../kernel/quotes.js';
import { gainOverRunnerUpBps } from './order-view.js';

/** Pure: nothing is fake. */
const quote = (pool: string, inAmount: bigint | null, outAmount: bigint | null): ConsideredQuote => ({
  venue: 'raydium',
  program: 'cpmm',
  pool,
  inAmount,
  outAmount,
  priceImpactBps: inAmount === null ? null : 1,
  feeBps: 25,
  slot: 1n,
  reason: inAmount === null ? 'disabled' : null,
});

const step = (pool: string): RouteStep => ({
  leg: 1,
  venue: 'raydium',
  program: 'cpmm',
  pool,
  inputMint: 'in',
  outputMint: 'out',
  inAmount: '1',
  outAmount: '1',
  shareBps: 10_000,
});

const routed = (side: 'buy' | 'sell', quotedAmount: bigint, ...pools: string[]) => ({
  side,
  quotedAmount,
  route: pools.map(step),
});

describe('gainOverRunnerUpBps', () => {
  it('says how much more the best of a sell gives than the second', () => {
    const quotes = [quote('a', 1n, 10_040n), quote('b', 1n, 10_000n), quote('c', 1n, 9_000n)];
    expect(gainOverRunnerUpBps(routed('sell', 10_040n, 'a'), quotes)).toBe(40);
  });

  it('says how much less the best of a buy takes than the second, in whatever order the quotes come', () => {
    const quotes = [quote('c', 20_000n, 1n), quote('b', 10_000n, 1n), quote('a', 9_960n, 1n)];
    expect(gainOverRunnerUpBps(routed('buy', 9_960n, 'a'), quotes)).toBe(40);
  });

  it('compares several pools with the best single one', () => {
    const quotes = [quote('a', 1n, 10_000n), quote('b', 1n, 9_000n)];
    expect(gainOverRunnerUpBps(routed('sell', 10_040n, 'a', 'b'), quotes)).toBe(40);
  });

  it('rounds down, so that no gain is overstated', () => {
    const quotes = [quote('a', 1n, 10_000_999n), quote('b', 1n, 10_000_000n)];
    expect(gainOverRunnerUpBps(routed('sell', 10_000_999n, 'a'), quotes)).toBe(0);
    expect(gainOverRunnerUpBps(routed('sell', 9_999_999n, 'a'), quotes)).toBe(-1);
  });

  it('is null when no other pool serves the trade, and before the order is routed', () => {
    expect(gainOverRunnerUpBps(routed('sell', 1n), [])).toBeNull();
    const quotes = [quote('a', 1n, 10_000n), quote('b', null, null)];
    expect(gainOverRunnerUpBps(routed('sell', 10_000n, 'a'), quotes)).toBeNull();
    expect(gainOverRunnerUpBps({ side: 'sell', route: null, quotedAmount: null }, quotes)).toBeNull();
  });
});
