import { ApiProperty, ApiPropertyOptions } from '@nestjs/swagger';
import { SIDES, VENUE_CHOICES } from '../../kernel/trade.js';
import { ORDER_STAGES, ORDER_STATUSES, type OrderStage, type OrderStatus } from '../domain/order-status.js';
import { ConsideredQuoteView, RouteStepView } from '../../platform/http/quote.schema.js';
import type { orderView } from './order-view.js';

type View = ReturnType<typeof orderView>;
type Receipt = NonNullable<View['receipt']>;

export const ORDER_ID = '0198c0de-7a3f-7c11-8b52-3f1f6a0d9e42';
const SIGNATURE = '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW';
const TIME = { type: String, format: 'date-time', example: '2026-11-22T10:00:00.000Z' } as const;
const MAYBE_TEXT = { type: String, nullable: true } as const satisfies ApiPropertyOptions;
const MAYBE_INTEGER = { type: 'integer', nullable: true } as const satisfies ApiPropertyOptions;

/** Answer to an accepted order. */
export class AcceptanceView {
  @ApiProperty({ format: 'uuid', example: ORDER_ID }) orderId!: string;
  @ApiProperty({ enum: ['pending'] }) status!: 'pending';
  @ApiProperty({ example: 'Order received and queued for processing' }) message!: string;
  @ApiProperty(TIME) timestamp!: string;
}

class FeesView {
  @ApiProperty({ type: 'integer', example: 5000 }) signatureFeeLamports!: number;
  @ApiProperty({ type: 'integer', example: 0 }) prioritizationFeeLamports!: number;
  @ApiProperty({ type: 'integer', example: 0 }) rentFeeLamports!: number;
}

class ReceiptView {
  @ApiProperty({ type: [ConsideredQuoteView], description: 'Every pool considered, best first' })
  quotes!: Receipt['quotes'];
  @ApiProperty({ ...MAYBE_TEXT, description: 'Quote token, as routed', example: '375.25' }) quotedAmount!:
    string | null;
  @ApiProperty({ ...MAYBE_TEXT, description: 'Quote token, as landed', example: '375.25' }) realisedAmount!:
    string | null;
  @ApiProperty({ ...MAYBE_INTEGER, example: 4 }) gainOverRunnerUpBps!: number | null;
  @ApiProperty({ type: FeesView, nullable: true }) fees!: Receipt['fees'];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { queued: 3, quoting: 2 } })
  stageMs!: Receipt['stageMs'];
}

class OrderErrorView {
  @ApiProperty({ example: 'slippage-exceeded' }) code!: string;
  @ApiProperty({ example: 'the best quote is beyond the limit of the order' }) message!: string;
}

/** The order resource. */
export class OrderView {
  @ApiProperty({ format: 'uuid', example: ORDER_ID }) orderId!: string;
  @ApiProperty({ ...MAYBE_TEXT, example: null }) clientOrderId!: string | null;
  @ApiProperty({ example: 'user123' }) userId!: string;
  @ApiProperty({ enum: ['market'] }) type!: 'market';
  @ApiProperty({ enum: SIDES }) side!: View['side'];
  @ApiProperty({ example: 'SOL' }) baseToken!: string;
  @ApiProperty({ example: 'USDC' }) quoteToken!: string;
  @ApiProperty({ example: 'So11111111111111111111111111111111111111112' }) baseMint!: string;
  @ApiProperty({ example: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v' }) quoteMint!: string;
  @ApiProperty({ example: '2.5' }) amount!: string;
  @ApiProperty({ type: 'integer', example: 50 }) slippageBps!: number;
  @ApiProperty({ enum: VENUE_CHOICES, isArray: true }) venues!: View['venues'];
  @ApiProperty({ enum: ORDER_STATUSES, example: 'completed' }) status!: OrderStatus;
  @ApiProperty({ enum: ORDER_STAGES, example: 'finalized' }) stage!: OrderStage;
  @ApiProperty({ type: 'integer', example: 100 }) progress!: number;
  @ApiProperty({ type: 'integer', description: 'Signed attempts', example: 1 }) attempts!: number;
  @ApiProperty({ type: [RouteStepView], nullable: true }) route!: View['route'];
  @ApiProperty({ ...MAYBE_TEXT, example: '150.1' }) quotedPrice!: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: '150.1' }) executionPrice!: string | null;
  @ApiProperty({ ...MAYBE_INTEGER, example: 3 }) priceImpactBps!: number | null;
  @ApiProperty({ ...MAYBE_TEXT, example: '2.5' }) filledBase!: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: '375.25' }) filledQuote!: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: SIGNATURE }) signature!: string | null;
  @ApiProperty({ ...MAYBE_INTEGER, example: 123 }) slot!: number | null;
  @ApiProperty({ type: OrderErrorView, nullable: true, example: null }) error!: View['error'];
  @ApiProperty({ type: ReceiptView, nullable: true, description: 'There once the order was routed' })
  receipt!: View['receipt'];
  @ApiProperty(TIME) createdAt!: string;
  @ApiProperty(TIME) updatedAt!: string;
  @ApiProperty({ ...TIME, nullable: true }) completedAt!: string | null;
}

/** One page of the list. */
export class OrderListView {
  @ApiProperty({ type: [OrderView] }) orders!: OrderView[];
  @ApiProperty({ ...MAYBE_TEXT, description: 'Give it as `cursor` to read on; null on the last page', example: null })
  nextCursor!: string | null;
}

class OrderEventView {
  @ApiProperty({ enum: ['order_status_update'] }) type!: string;
  @ApiProperty({ type: 'integer', example: 42 }) sequence!: number;
  @ApiProperty({ format: 'uuid', example: ORDER_ID }) orderId!: string;
  @ApiProperty({ ...MAYBE_TEXT, example: null }) clientOrderId!: string | null;
  @ApiProperty({ enum: ORDER_STATUSES, nullable: true, example: 'pending' }) previousStatus!: OrderStatus | null;
  @ApiProperty({ enum: ORDER_STATUSES, example: 'routing' }) status!: OrderStatus;
  @ApiProperty({ enum: ORDER_STAGES, example: 'quoting' }) stage!: OrderStage;
  @ApiProperty({ type: 'integer', example: 40 }) progress!: number;
  @ApiProperty({ type: 'integer', example: 1 }) attempt!: number;
  @ApiProperty({ example: 'Comparing Raydium and Meteora' }) message!: string;
  @ApiProperty(TIME) timestamp!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, example: { amount: '2.5' } }) data!: Record<
    string,
    unknown
  >;
}

/** Everything that happened to one order. */
export class OrderEventsView {
  @ApiProperty({ type: [OrderEventView] }) events!: OrderEventView[];
  @ApiProperty({
    type: [String],
    description: "The events' hashes, in their order: each SHA-256 over the one before and the event",
    example: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  })
  hashes!: string[];
}
