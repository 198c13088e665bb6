import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { decodeNotice, ORDER_EVENTS_TOPIC } from '../orders/orders.messages.js';
import { EventBus, type Unsubscribe } from '../platform/events/event-bus.js';
import { EventReader } from './event-reader.js';
import { UserFeed } from './user-feed.js';

/** Users whose last sequences one query asks for. */
const RESYNC_PAGE = 1_000;

interface Entry {
  readonly feed: UserFeed;
  /** Connections that use the feed, those still being opened included. */
  users: number;
}

/** The feeds of all users that are connected to this process, and who wakes them: the bus, and a slow look at the table. */
@Injectable()
export class Feeds implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  private readonly entries = new Map<string, Entry>();
  private unsubscribe: Unsubscribe | null = null;
  private resyncing = false;

  constructor(
    private readonly reader: EventReader,
    private readonly bus: EventBus,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.bus.subscribe(ORDER_EVENTS_TOPIC, {
      onMessage: (payload) => this.onNotice(payload),
      onReconnected: () => void this.resync(),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unsubscribe?.();
  }

  /** The user's feed, which hears notices from now on; every call needs a `leave`. */
  enter(userId: string): UserFeed {
    const entry = this.entries.get(userId) ?? this.open(userId);
    entry.users += 1;
    return entry.feed;
  }

  leave(userId: string): void {
    const entry = this.entries.get(userId);
    if (entry === undefined) return;
    entry.users -= 1;
    if (entry.users === 0) this.entries.delete(userId);
  }

  /** The user's last committed sequence; 0: none yet. Throws what the database throws. */
  async lastSequence(userId: string): Promise<bigint> {
    return this.reader.lastSequence(userId);
  }

  /** Heals lost notices and failed reads: a query for every thousand connected users, between which others get their turn. Never rejects. */
  async resync(): Promise<void> {
    if (this.resyncing || this.entries.size === 0) return;
    this.resyncing = true;
    try {
      const users = [...this.entries.keys()];
      for (let from = 0; from < users.length; from += RESYNC_PAGE) {
        await this.resyncUsers(users.slice(from, from + RESYNC_PAGE));
      }
    } catch (error) {
      this.onError(error);
    } finally {
      this.resyncing = false;
    }
  }

  private async resyncUsers(userIds: readonly string[]): Promise<void> {
    const lasts = await this.reader.lastSequences(userIds);
    for (const userId of userIds) {
      const feed = this.entries.get(userId)?.feed;
      feed?.notify(lasts.get(userId) ?? 0n);
      feed?.retry();
    }
  }

  private onNotice(payload: string): void {
    const notice = decodeNotice(payload);
    if (notice !== null) this.entries.get(notice.userId)?.feed.notify(notice.sequence);
  }

  private open(userId: string): Entry {
    const feed = new UserFeed(this.reader.of(userId), (error) => this.onError(error));
    const entry = { feed, users: 0 };
    this.entries.set(userId, entry);
    return entry;
  }

  private onError(error: unknown): void {
    this.logger.debug({ err: error }, 'events could not be read; streams go on at the next look');
  }
}
