import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { bounded } from './bounded.js';

export interface HttpAnswer {
  readonly method: string;
  /** The route's pattern, never the URL: ids in labels would make a series each. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Figures that are asked for when somebody scrapes, and not kept up to date in between. */
export type ScrapedFigure =
  | 'ordersInProgress'
  | 'queueDepth'
  | 'tradingHalts'
  | 'attemptsUnresolved'
  | 'auditCheckpoints'
  | 'auditCheckpointAgeSeconds';

/** A dependency that does not answer must not hold up the other figures. */
const SCRAPE_TIMEOUT_MS = 1_000;

/** The close codes that we send or that are usual. Clients may send any of thousands, which must not make a series each. */
const CLOSE_CODES = new Set([1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009, 1011, 4401, 4408, 4429]);

const MILLISECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ORDER_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600];

/** Everything the engine counts. Rooms say what happened; names, labels and buckets are decided here. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  private readonly transitions = new Counter({
    name: 'oee_order_transitions_total',
    help: 'Events of orders recorded by this process, by the status and stage they led to.',
    labelNames: ['status', 'stage'],
    registers: [this.registry],
  });
  private readonly orderSeconds = new Histogram({
    name: 'oee_order_duration_seconds',
    help: 'Time from acceptance to a final status, of orders that ended in this process.',
    labelNames: ['status'],
    buckets: ORDER_SECONDS,
    registers: [this.registry],
  });
  private readonly stageSeconds = new Histogram({
    name: 'oee_order_stage_duration_seconds',
    help: 'Time that orders which ended in this process spent in each stage, over all attempts.',
    labelNames: ['stage'],
    buckets: [...MILLISECONDS, 20, 30, 60],
    registers: [this.registry],
  });
  private readonly httpSeconds = new Histogram({
    name: 'oee_http_request_duration_seconds',
    help: 'Time to answer HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    buckets: MILLISECONDS,
    registers: [this.registry],
  });
  private readonly rpcSeconds = new Histogram({
    name: 'oee_rpc_call_duration_seconds',
    help: 'Time of calls to the chain, by method and outcome.',
    labelNames: ['method', 'outcome'],
    buckets: MILLISECONDS,
    registers: [this.registry],
  });
  private readonly hintSockets = new Gauge({
    name: 'oee_rpc_subscriptions_up',
    help: 'Whether the connection for notifications of signatures stands, by endpoint; without it landings are noticed by polling only.',
    labelNames: ['endpoint'],
    registers: [this.registry],
  });
  private readonly hints = new Counter({
    name: 'oee_rpc_signature_notifications_total',
    help: 'Notifications that a signature was seen on the chain.',
    registers: [this.registry],
  });
  private readonly sockets = new Gauge({
    name: 'oee_websocket_connections',
    help: 'WebSocket connections open.',
    registers: [this.registry],
  });
  private readonly closes = new Counter({
    name: 'oee_websocket_closes_total',
    help: 'WebSocket connections closed, by close code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  private readonly delivered = new Counter({
    name: 'oee_websocket_events_delivered_total',
    help: 'Order events handed to WebSocket connections.',
    labelNames: ['mode'],
    registers: [this.registry],
  });

  private readonly sources = new Map<ScrapedFigure, () => Promise<number>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.scraped('ordersInProgress', 'oee_orders_in_progress', 'Orders without a final status, over all processes.');
    this.scraped('queueDepth', 'oee_queue_depth', 'Jobs that wait in the queue, over all processes.');
    this.scraped('tradingHalts', 'oee_trading_halts', 'Open reasons for which nothing is signed.');
    this.scraped('attemptsUnresolved', 'oee_attempts_unresolved', 'Attempts whose outcome a person has to decide.');
    this.scraped('auditCheckpoints', 'oee_audit_checkpoints', 'Checkpoints over the audit trail so far.');
    this.scraped(
      'auditCheckpointAgeSeconds',
      'oee_audit_checkpoint_age_seconds',
      'Age of the last checkpoint over the audit trail. None is made while nothing happens.',
    );
  }

  orderTransitioned(status: string, stage: string): void {
    this.transitions.inc({ status, stage });
  }

  orderEnded(status: string, durationMs: number, stageMs: Readonly<Record<string, number>>): void {
    this.orderSeconds.observe({ status }, durationMs / 1000);
    for (const [stage, ms] of Object.entries(stageMs)) this.stageSeconds.observe({ stage }, ms / 1000);
  }

  httpAnswered({ method, route, status, seconds }: HttpAnswer): void {
    this.httpSeconds.observe({ method, route, status: String(status) }, seconds);
  }

  /** `outcome`: `ok`, or a short code of what went wrong. */
  rpcCalled(method: string, outcome: string, seconds: number): void {
    this.rpcSeconds.observe({ method, outcome }, seconds);
  }

  /** `endpoint`: host and port. */
  hintsConnected(endpoint: string, isUp: boolean): void {
    this.hintSockets.set({ endpoint }, isUp ? 1 : 0);
  }

  hinted(): void {
    this.hints.inc();
  }

  socketOpened(): void {
    this.sockets.inc();
  }

  /** Whoever began it: a peer that is gone never answers our close. */
  socketClosing(code: number): void {
    this.closes.inc({ code: CLOSE_CODES.has(code) ? String(code) : 'other' });
  }

  socketClosed(): void {
    this.sockets.dec();
  }

  eventsDelivered(mode: 'live' | 'replay', count: number): void {
    this.delivered.inc({ mode }, count);
  }

  /** Where a figure comes from. When the source fails or takes longer than a second, the figure is absent from that scrape. */
  readAtScrape(figure: ScrapedFigure, read: () => Promise<number>): void {
    this.sources.set(figure, read);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Every figure in the Prometheus text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  private scraped(figure: ScrapedFigure, name: string, help: string): void {
    const read = () => this.sources.get(figure);
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        const source = read();
        const value = source && (await bounded(source, SCRAPE_TIMEOUT_MS));
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
}
