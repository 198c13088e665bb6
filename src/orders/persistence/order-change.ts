import type { FailureCode } from '../../kernel/errors.js';
import type { OrderId } from '../../kernel/ids.js';
import type { RouteStep } from '../../kernel/quotes.js';
import type { LandingFees } from '../domain/order.js';
import type { OrderEventKind } from '../domain/order-status.js';

/** What an event writes into its order besides status, stage and progress. Absent members stay as they are. */
export interface OrderFacts {
  readonly attempts?: number;
  readonly priceLimit?: bigint;
  readonly quotedAmount?: bigint;
  readonly priceImpactBps?: number;
  readonly route?: readonly RouteStep[];
  readonly filledBase?: bigint;
  readonly filledQuote?: bigint;
  readonly signature?: string;
  readonly slot?: bigint;
  readonly fees?: LandingFees;
  readonly error?: { readonly code: FailureCode; readonly message: string };
}

/** One step of an order's life, to be stored with its event. */
export interface OrderChange {
  readonly orderId: OrderId;
  readonly kind: OrderEventKind;
  /** The attempt this belongs to: 0 for the acceptance, 1 while first routed. */
  readonly attempt: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly facts?: OrderFacts;
  /**
   * Only when this worker still holds the order's lease and, unless a companion names an attempt, none of this number was stored:
   * such a change comes from a run that has signed nothing yet.
   */
  readonly leaseOwner?: string;
  /** Only when the order belongs to this user (a cancel). */
  readonly userId?: string;
  /** Hands the order back for a later run after this many milliseconds (a retry). */
  readonly nextRunInMs?: number;
}

/** The columns and values that facts set. */
export function factColumns(facts: OrderFacts): [column: string, value: unknown][] {
  const { fees, error, route } = facts;
  const columns: [string, unknown][] = [
    ['attempts', facts.attempts],
    ['price_limit', facts.priceLimit?.toString()],
    ['quoted_amount', facts.quotedAmount?.toString()],
    ['price_impact_bps', facts.priceImpactBps],
    ['route', route && JSON.stringify(route)],
    ['filled_base', facts.filledBase?.toString()],
    ['filled_quote', facts.filledQuote?.toString()],
    ['signature', facts.signature],
    ['slot', facts.slot?.toString()],
    ['signature_fee_lamports', fees?.signatureFeeLamports.toString()],
    ['prioritization_fee_lamports', fees?.prioritizationFeeLamports.toString()],
    ['rent_fee_lamports', fees?.rentFeeLamports.toString()],
    ['error_code', error?.code],
    ['error_message', error?.message],
  ];
  return columns.filter(([, value]) => value !== undefined);
}
