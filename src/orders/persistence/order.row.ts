import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Address } from '../../kernel/address.js';
import type { FailureCode } from '../../kernel/errors.js';
import type { OrderId } from '../../kernel/ids.js';
import type { RouteStep } from '../../kernel/quotes.js';
import type { Side, VenueChoice } from '../../kernel/trade.js';
import type { Order } from '../domain/order.js';
import type { OrderStage, OrderStatus } from '../domain/order-status.js';
import { bigintColumn } from './columns.js';

/** A row of `orders`, for reading; every step that has an event is SQL in `order.store.ts`. */
@Entity({ name: 'orders', synchronize: false })
export class OrderRow {
  @PrimaryColumn('uuid') id!: OrderId;
  @Column('smallint', { name: 'network_id' }) networkId!: number;
  @Column('text', { name: 'user_id' }) userId!: string;
  @Column('text', { name: 'client_order_id', nullable: true }) clientOrderId!: string | null;
  @Column('text') side!: Side;
  @Column('text', { name: 'base_mint' }) baseMint!: Address;
  @Column('text', { name: 'base_symbol' }) baseSymbol!: string;
  @Column('smallint', { name: 'base_decimals' }) baseDecimals!: number;
  @Column('text', { name: 'quote_mint' }) quoteMint!: Address;
  @Column('text', { name: 'quote_symbol' }) quoteSymbol!: string;
  @Column('smallint', { name: 'quote_decimals' }) quoteDecimals!: number;
  @Column('numeric', { transformer: bigintColumn }) amount!: bigint;
  @Column('integer', { name: 'slippage_bps' }) slippageBps!: number;
  @Column('numeric', { name: 'quote_bound', nullable: true, transformer: bigintColumn }) quoteBound!: bigint | null;
  @Column('text', { array: true }) venues!: VenueChoice[];
  @Column('text') status!: OrderStatus;
  @Column('text') stage!: OrderStage;
  @Column('smallint') progress!: number;
  @Column('smallint') attempts!: number;
  @Column('numeric', { name: 'price_limit', nullable: true, transformer: bigintColumn }) priceLimit!: bigint | null;
  @Column('numeric', { name: 'quoted_amount', nullable: true, transformer: bigintColumn }) quotedAmount!: bigint | null;
  @Column('integer', { name: 'price_impact_bps', nullable: true }) priceImpactBps!: number | null;
  @Column('json', { nullable: true }) route!: RouteStep[] | null;
  @Column('numeric', { name: 'filled_base', nullable: true, transformer: bigintColumn }) filledBase!: bigint | null;
  @Column('numeric', { name: 'filled_quote', nullable: true, transformer: bigintColumn }) filledQuote!: bigint | null;
  @Column('text', { nullable: true }) signature!: string | null;
  @Column('bigint', { nullable: true, transformer: bigintColumn }) slot!: bigint | null;
  @Column('numeric', { name: 'signature_fee_lamports', nullable: true, transformer: bigintColumn })
  signatureFeeLamports!: bigint | null;
  @Column('numeric', { name: 'prioritization_fee_lamports', nullable: true, transformer: bigintColumn })
  prioritizationFeeLamports!: bigint | null;
  @Column('numeric', { name: 'rent_fee_lamports', nullable: true, transformer: bigintColumn })
  rentFeeLamports!: bigint | null;
  @Column('text', { name: 'error_code', nullable: true }) errorCode!: FailureCode | null;
  @Column('text', { name: 'error_message', nullable: true }) errorMessage!: string | null;
  @Column('json', { name: 'stage_ms' }) stageMs!: Record<string, number>;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt!: Date | null;
  @Column('timestamptz', { name: 'deadline_at' }) deadlineAt!: Date;
}

export function toOrder(row: OrderRow): Order {
  const { signatureFeeLamports, prioritizationFeeLamports, rentFeeLamports } = row;
  const settled = signatureFeeLamports !== null && prioritizationFeeLamports !== null && rentFeeLamports !== null;
  return {
    orderId: row.id,
    userId: row.userId,
    clientOrderId: row.clientOrderId,
    side: row.side,
    base: { symbol: row.baseSymbol, mint: row.baseMint, decimals: row.baseDecimals },
    quote: { symbol: row.quoteSymbol, mint: row.quoteMint, decimals: row.quoteDecimals },
    amount: row.amount,
    slippageBps: row.slippageBps,
    quoteBound: row.quoteBound,
    venues: row.venues,
    status: row.status,
    stage: row.stage,
    progress: row.progress,
    attempts: row.attempts,
    priceLimit: row.priceLimit,
    quotedAmount: row.quotedAmount,
    priceImpactBps: row.priceImpactBps,
    route: row.route,
    filledBase: row.filledBase,
    filledQuote: row.filledQuote,
    signature: row.signature,
    slot: row.slot,
    fees: settled ? { signatureFeeLamports, prioritizationFeeLamports, rentFeeLamports } : null,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    stageMs: row.stageMs,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    completedAt: row.completedAt,
    deadlineAt: row.deadlineAt,
  };
}
