import { DEFAULT_TOKENS } from '../kernel/tokens/listed-tokens.js';
import type { LandedTransaction } from '../chain/chain-client.js';
import type { Order } from '../orders/domain/order.js';
import { completion } from './completion.js';
import type { Attempt } from './domain/attempt.js';

const [SOL, USDC] = [DEFAULT_TOKENS[0]!, DEFAULT_TOKENS[1]!];
const ATTEMPT = { number: 2, signature: 'signature' } as Attempt;
const LANDED = { slot: 7n } as LandedTransaction;

const completed = (side: 'buy' | 'sell', feeLamports: bigint) => {
  const order = { orderId: 'order', side, base: SOL, quote: USDC } as unknown as Order;
  const [inAmount, outAmount] = side === 'buy' ? [75_000_000n, 500_000_000n] : [500_000_000n, 75_000_000n];
  return completion(order, ATTEMPT, LANDED, { inAmount, outAmount, feeLamports, rentFeeLamports: 0n });
};

describe('the step that completes an order', () => {
  it.each([
    ['buy', 'Bought 0.5 SOL for 75 USDC'],
    ['sell', 'Sold 0.5 SOL for 75 USDC'],
  ] as const)('of a %s tells base and quote, whichever went in', (side, message) => {
    expect(completed(side, 5_000n)).toMatchObject({
      message,
      data: { filledBase: '0.5', filledQuote: '75', executionPrice: '150' },
      facts: { filledBase: 500_000_000n, filledQuote: 75_000_000n, attempts: 2 },
    });
  });

  it.each([
    [0n, 0n, 0n],
    [4_999n, 4_999n, 0n],
    [5_000n, 5_000n, 0n],
    [5_001n, 5_000n, 1n],
  ])('splits a fee of %d into that for the signature, at most 5000, and the rest', (fee, signature, priority) => {
    const fees = { signatureFeeLamports: signature, prioritizationFeeLamports: priority, rentFeeLamports: 0n };
    expect(completed('buy', fee).facts).toMatchObject({ fees });
  });
});
