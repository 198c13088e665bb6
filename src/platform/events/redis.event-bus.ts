import type { Redis } from 'ioredis';
import type { Availability } from '../health/availability.js';
import type { Health } from '../health/health-probe.js';
import { connectRedis, disconnectRedis } from '../redis/redis-client.js';
import { assertPublishable, EventBus, type Subscription, type Unsubscribe } from './event-bus.js';
import { Subscriptions } from './subscriptions.js';

/** A connection that was cut silently shows only when it is used. */
const HEARTBEAT_MS = 5_000;

export interface RedisEventBusOptions {
  readonly url: string;
  /** Of this database's own, so that two engines can share one Redis. */
  readonly keyPrefix: string;
}

/** The bus over Redis publish and subscribe; a subscribing connection can do nothing else, so there are two. */
export class RedisEventBus extends EventBus {
  private readonly subscriptions = new Subscriptions();
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly channelPrefix: string;

  private constructor(
    { url, keyPrefix }: RedisEventBusOptions,
    private readonly availability: Availability,
  ) {
    super();
    this.channelPrefix = `${keyPrefix}:events:`;
    this.publisher = connectRedis(url, availability);
    this.subscriber = connectRedis(url, availability, { autoResubscribe: false });
    this.subscriber.on('message', (channel, payload) =>
      this.subscriptions.deliver(channel.slice(this.channelPrefix.length), payload),
    );
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Waits for the first attempt to connect, however it ends; goes on trying afterwards. */
  static async connect(options: RedisEventBusOptions, availability: Availability): Promise<RedisEventBus> {
    const bus = new RedisEventBus(options, availability);
    await Promise.all([bus.publisher, bus.subscriber].map(firstAttempt));
    bus.subscriber.on('ready', () => void bus.resume());
    return bus;
  }

  async publish(topic: string, payload: string): Promise<void> {
    assertPublishable(topic, payload);
    try {
      await this.publisher.publish(this.channelPrefix + topic, payload);
    } catch (error) {
      this.availability.down(error);
    }
  }

  async subscribe(topic: string, subscription: Subscription): Promise<Unsubscribe> {
    assertPublishable(topic, '');
    if (this.subscriptions.add(topic, subscription))
      await this.attempt(() => this.subscriber.subscribe(this.channelPrefix + topic));
    return async () => {
      if (this.subscriptions.remove(topic, subscription))
        await this.attempt(() => this.subscriber.unsubscribe(this.channelPrefix + topic));
    };
  }

  get health(): Health {
    const up = this.publisher.status === 'ready' && this.subscriber.status === 'ready';
    return up ? this.availability.health : { up: false, detail: 'not connected to Redis' };
  }

  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    await Promise.all([disconnectRedis(this.publisher), disconnectRedis(this.subscriber)]);
  }

  private async resume(): Promise<void> {
    const channels = this.subscriptions.topics.map((topic) => this.channelPrefix + topic);
    if (channels.length === 0) return;
    if (await this.attempt(() => this.subscriber.subscribe(...channels))) this.subscriptions.announceReconnection();
  }

  private async beat(): Promise<void> {
    await this.attempt(() => this.subscriber.ping());
  }

  /** A connection that does not take the command is given up; `resume` subscribes again on the next one. */
  private async attempt(command: () => Promise<unknown>): Promise<boolean> {
    if (this.subscriber.status !== 'ready') return false;
    try {
      await command();
      return true;
    } catch (error) {
      this.availability.down(error);
      this.subscriber.disconnect(true);
      return false;
    }
  }
}

function firstAttempt(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    client.once('ready', resolve);
    client.once('close', resolve);
  });
}
