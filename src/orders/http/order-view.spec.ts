import type { ConsideredQuote } from '../../kernel/quotes.js';
import { gainOverRunnerUpBps } from './order-view.js';

const quote = (inAmount: bigint | null, outAmount: bigint | null): ConsideredQuote => ({
  venue: 'raydium',
  program: 'cpmm',
  pool: 'pool',
  inAmount,
  outAmount,
  priceImpactBps: inAmount === null ? null : 1,
  feeBps: 25,
  slot: 1n,
  reason: inAmount === null ? 'disabled' : null,
});

describe('gainOverRunnerUpBps', () => {
  it('says how much more the best of a sell gives than the second', () => {
    expect(gainOverRunnerUpBps('sell', [quote(1n, 10_040n), quote(1n, 10_000n), quote(1n, 9_000n)])).toBe(40);
  });

  it('says how much less the best of a buy takes than the second', () => {
    expect(gainOverRunnerUpBps('buy', [quote(9_960n, 1n), quote(10_000n, 1n)])).toBe(40);
  });

  it('does not depend on the order of the quotes', () => {
    expect(gainOverRunnerUpBps('buy', [quote(20_000n, 1n), quote(10_000n, 1n), quote(9_960n, 1n)])).toBe(40);
  });

  it('rounds down, so that no gain is overstated', () => {
    expect(gainOverRunnerUpBps('sell', [quote(1n, 10_000_999n), quote(1n, 10_000_000n)])).toBe(0);
  });

  it('is null with fewer than two pools that serve the trade', () => {
    expect(gainOverRunnerUpBps('sell', [])).toBeNull();
    expect(gainOverRunnerUpBps('sell', [quote(1n, 10_000n), quote(null, null)])).toBeNull();
  });
});
