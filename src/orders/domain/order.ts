import type { FailureCode } from '../../kernel/errors.js';
import type { OrderId } from '../../kernel/ids.js';
import type { RouteStep } from '../../kernel/quotes.js';
import type { Token } from '../../kernel/tokens/token.js';
import type { Side, VenueChoice } from '../../kernel/trade.js';
import type { OrderStage, OrderStatus } from './order-status.js';

type TradedToken = Pick<Token, 'symbol' | 'mint' | 'decimals'>;

/** What the caller asked for; never changes. Amounts are base units of their token. */
export interface OrderTerms {
  readonly userId: string;
  readonly clientOrderId: string | null;
  readonly side: Side;
  readonly base: TradedToken;
  readonly quote: TradedToken;
  /** Base quantity: received exactly by a buy, given exactly by a sell. */
  readonly amount: bigint;
  readonly slippageBps: number;
  /** The caller's own bound in quote units: most paid by a buy, least received by a sell. */
  readonly quoteBound: bigint | null;
  readonly venues: readonly VenueChoice[];
}

export interface LandingFees {
  readonly signatureFeeLamports: bigint;
  readonly prioritizationFeeLamports: bigint;
  /** Rent paid for token accounts that the swap had to create. */
  readonly rentFeeLamports: bigint;
}

/** An order as it stands: its terms and what became of it so far. */
export interface Order extends OrderTerms {
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  readonly stage: OrderStage;
  readonly progress: number;
  /** Signed attempts so far. */
  readonly attempts: number;
  /** Fixed at the first successful routing, in quote units: most a buy pays, least a sell receives, on any attempt. */
  readonly priceLimit: bigint | null;
  /** Quote amount of the route last chosen. */
  readonly quotedAmount: bigint | null;
  readonly priceImpactBps: number | null;
  readonly route: readonly RouteStep[] | null;
  readonly filledBase: bigint | null;
  readonly filledQuote: bigint | null;
  readonly signature: string | null;
  readonly slot: bigint | null;
  readonly fees: LandingFees | null;
  readonly error: { readonly code: FailureCode; readonly message: string } | null;
  /** Milliseconds spent in each stage left so far. */
  readonly stageMs: Readonly<Record<string, number>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly completedAt: Date | null;
  readonly deadlineAt: Date;
}
