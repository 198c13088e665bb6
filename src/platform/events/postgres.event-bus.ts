import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CLIENT_OPTIONS, EngineClient } from '../database/client-options.js';
import type { Availability } from '../health/availability.js';
import type { Health } from '../health/health-probe.js';
import { assertPublishable, EventBus, type Subscription, type Unsubscribe } from './event-bus.js';
import { Subscriptions } from './subscriptions.js';

const CHANNEL_PREFIX = 'engine_';
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;
/** A connection that was cut silently shows only when it is used. */
const HEARTBEAT_MS = 5_000;

interface Message {
  readonly channel: string;
  readonly payload: string;
}

/** The bus over NOTIFY and LISTEN, on one connection of its own that comes back by itself. */
export class PostgresEventBus extends EventBus {
  private readonly subscriptions = new Subscriptions();
  private client: pg.Client | null = null;
  private outbox: Message[] = [];
  private flushing: Promise<void> | null = null;
  /** The last statement given to the connection; the next one follows it. */
  private statement: Promise<void> = Promise.resolve();
  private closed = false;
  private readonly reconnecting = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly url: string,
    private readonly availability: Availability,
  ) {
    super();
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Tries to connect once before it resolves; goes on trying afterwards. */
  static async connect(url: string, availability: Availability): Promise<PostgresEventBus> {
    const bus = new PostgresEventBus(url, availability);
    if (!(await bus.tryConnect())) void bus.reconnect();
    return bus;
  }

  publish(topic: string, payload: string): Promise<void> {
    assertPublishable(topic, payload);
    this.outbox.push({ channel: CHANNEL_PREFIX + topic, payload });
    // What is published before the connection is free goes out in one statement.
    this.flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.flush());
    return this.flushing;
  }

  async subscribe(topic: string, subscription: Subscription): Promise<Unsubscribe> {
    assertPublishable(topic, '');
    if (this.subscriptions.add(topic, subscription)) await this.listen(`listen ${CHANNEL_PREFIX}${topic}`);
    return async () => {
      if (this.subscriptions.remove(topic, subscription)) await this.listen(`unlisten ${CHANNEL_PREFIX}${topic}`);
    };
  }

  get health(): Health {
    return this.availability.health;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.heartbeat);
    this.reconnecting.abort();
    await this.flushing;
    const client = this.client;
    this.client = null;
    await client?.end();
  }

  private async flush(): Promise<void> {
    await this.statement;
    this.flushing = null;
    const messages = this.outbox;
    this.outbox = [];
    const columns = [messages.map((message) => message.channel), messages.map((message) => message.payload)];
    await this.attempt(
      'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as message (channel, payload)',
      columns,
    );
  }

  private async listen(statement: string): Promise<void> {
    await this.attempt(statement);
  }

  private async beat(): Promise<void> {
    await this.attempt('select 1');
  }

  private attempt(statement: string, values?: unknown[]): Promise<void> {
    this.statement = this.statement.then(() => this.run(statement, values));
    return this.statement;
  }

  /** A statement that fails is lost, and the connection with it: the next one starts from the subscriptions. Never rejects. */
  private async run(statement: string, values?: unknown[]): Promise<void> {
    const client = this.client;
    if (client === null) return;
    try {
      await client.query(statement, values);
    } catch (error) {
      this.lose(client, error);
    }
  }

  private lose(client: pg.Client, cause: unknown): void {
    if (this.client !== client || this.closed) return;
    this.client = null;
    this.availability.down(cause);
    void client.end().catch(() => undefined);
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !this.closed; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      await sleep(retryMs, undefined, { signal: this.reconnecting.signal, ref: false }).catch(() => undefined);
      if (await this.tryConnect()) return;
    }
  }

  private async tryConnect(): Promise<boolean> {
    if (this.closed) return false;
    const client = new EngineClient({
      ...CLIENT_OPTIONS,
      connectionString: this.url,
      application_name: 'order-execution-engine events',
    });
    client.on('error', (error) => this.lose(client, error));
    client.on('end', () => this.lose(client, new Error('connection closed')));
    client.on('notification', ({ channel, payload = '' }) =>
      this.subscriptions.deliver(channel.slice(CHANNEL_PREFIX.length), payload),
    );
    try {
      await client.connect();
      await this.resume(client);
      return true;
    } catch (error) {
      this.availability.down(error);
      void client.end().catch(() => undefined);
      return false;
    }
  }

  private async resume(client: pg.Client): Promise<void> {
    const listening = new Set<string>();
    const missing = () => this.subscriptions.topics.filter((topic) => !listening.has(topic));
    // Topics may be added while the statements run.
    for (let topics = missing(); topics.length > 0; topics = missing()) {
      for (const topic of topics) await client.query(`listen ${CHANNEL_PREFIX}${topic}`);
      for (const topic of topics) listening.add(topic);
    }
    if (this.closed) throw new Error('closed meanwhile');
    this.client = client;
    this.availability.up();
    this.subscriptions.announceReconnection();
  }
}
