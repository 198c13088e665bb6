import { minBigInt } from '../kernel/math.js';
import { formatAmount } from '../kernel/amount.js';
import { baseAndQuote, priceOf } from '../kernel/quotes.js';
import type { LandedTransaction } from '../chain/chain-client.js';
import type { Order } from '../orders/domain/order.js';
import type { OrderChange } from '../orders/persistence/order-change.js';
import type { Attempt } from './domain/attempt.js';
import type { Fill } from './domain/fill.js';

/** Solana's fee for the one signature of our transactions (lamports per signature, fixed since genesis). A network of one's own may charge less. */
const SIGNATURE_FEE_LAMPORTS = 5_000n;

/** The step that completes an order with what its landed attempt moved. */
export function completion(order: Order, attempt: Attempt, landed: LandedTransaction, fill: Fill): OrderChange {
  const { inAmount, outAmount, feeLamports, rentFeeLamports } = fill;
  const signatureFeeLamports = minBigInt(feeLamports, SIGNATURE_FEE_LAMPORTS);
  const filled = baseAndQuote(order, inAmount, outAmount);
  const base = formatAmount(filled.base, order.base.decimals);
  const quote = formatAmount(filled.quote, order.quote.decimals);
  const price = priceOf(order, inAmount, outAmount);
  const verb = order.side === 'buy' ? 'Bought' : 'Sold';
  return {
    orderId: order.orderId,
    kind: 'completed',
    attempt: attempt.number,
    message: `${verb} ${base} ${order.base.symbol} for ${quote} ${order.quote.symbol}`,
    data: {
      signature: attempt.signature,
      slot: Number(landed.slot),
      filledBase: base,
      filledQuote: quote,
      executionPrice: price,
    },
    facts: {
      attempts: attempt.number,
      filledBase: filled.base,
      filledQuote: filled.quote,
      signature: attempt.signature,
      slot: landed.slot,
      fees: {
        signatureFeeLamports,
        prioritizationFeeLamports: feeLamports - signatureFeeLamports,
        rentFeeLamports,
      },
    },
  };
}
