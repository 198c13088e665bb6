/** What goes over the wire, named as in the engine's OpenAPI document (`/docs/json`). Amounts and prices are decimal strings. */

export type Side = 'buy' | 'sell';
export type Venue = 'raydium' | 'meteora';
export type Status = 'pending' | 'routing' | 'executing' | 'completed' | 'failed' | 'cancelled';
export type Stage =
  'queued' | 'quoting' | 'building' | 'simulating' | 'submitted' | 'confirmed' | 'unknown' | 'finalized' | 'simulated';

export interface PlaceOrderDto {
  /** Symbol or mint address. */
  baseToken: string;
  quoteToken: string;
  /** Base quantity. */
  amount: string | number;
  side: Side;
  type?: 'market';
  slippageBps?: number;
  /** Buy only: the most to pay. */
  maxQuoteAmount?: string;
  /** Sell only: the least to receive. */
  minQuoteAmount?: string;
  clientOrderId?: string;
  venues?: Venue[];
  userId?: string;
}

export interface AcceptanceView {
  orderId: string;
  status: 'pending';
  message: string;
  timestamp: string;
}

export interface OrderView {
  orderId: string;
  clientOrderId: string | null;
  userId: string;
  type: 'market';
  side: Side;
  baseToken: string;
  quoteToken: string;
  baseMint: string;
  quoteMint: string;
  amount: string;
  slippageBps: number;
  venues: Venue[];
  status: Status;
  stage: Stage;
  progress: number;
  attempts: number;
  route: RouteStepView[] | null;
  quotedPrice: string | null;
  executionPrice: string | null;
  priceImpactBps: number | null;
  filledBase: string | null;
  filledQuote: string | null;
  signature: string | null;
  slot: number | null;
  error: OrderErrorView | null;
  receipt: ReceiptView | null;
  createdAt: string;
  updatedAt: string;
  completedAt: string | null;
}

export interface RouteStepView {
  leg: number;
  venue: Venue;
  program: string;
  pool: string;
  inputMint: string;
  outputMint: string;
  inAmount: string;
  outAmount: string;
  shareBps: number;
}

export interface OrderErrorView {
  code: string;
  message: string;
}

export interface ReceiptView {
  quotes: ConsideredQuoteView[];
  quotedAmount: string | null;
  realisedAmount: string | null;
  gainOverRunnerUpBps: number | null;
  fees: FeesView | null;
  stageMs: Record<string, number>;
}

export interface ConsideredQuoteView {
  venue: Venue;
  program: string;
  pool: string;
  inAmount: string | null;
  outAmount: string | null;
  price: string | null;
  priceImpactBps: number | null;
  feeBps: number;
  slot: number;
  reason: string | null;
}

export interface FeesView {
  signatureFeeLamports: number;
  prioritizationFeeLamports: number;
  rentFeeLamports: number;
}

export interface OrderEventsView {
  events: OrderEventView[];
  /** Of each event: SHA-256 over the hash before it and the event. */
  hashes: string[];
}

/** Also the frame of the WebSocket. */
export interface OrderEventView {
  type: 'order_status_update';
  sequence: number;
  orderId: string;
  clientOrderId: string | null;
  previousStatus: Status | null;
  status: Status;
  stage: Stage;
  progress: number;
  attempt: number;
  message: string;
  timestamp: string;
  data: Record<string, unknown>;
}
