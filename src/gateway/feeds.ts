import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { decodeNotice, ORDER_EVENTS_TOPIC } from '../orders/orders.messages.js';
import { EventBus, type Unsubscribe } from '../platform/events/event-bus.js';
import { EventReader } from './event-reader.js';
import { UserFeed } from './user-feed.js';

/** Users whose last sequences one query asks for: what is looked at together keeps events waiting. */
const RESYNC_PAGE = 250;

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
  private goingRound = false;

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

  /** Heals lost notices and failed reads of all users at once. Never rejects. */
  async resync(): Promise<void> {
    if (this.resyncing) return;
    this.resyncing = true;
    await this.resyncPages(() => Promise.resolve());
    this.resyncing = false;
  }

  /** The same page by page, spread over so many milliseconds. Never rejects. */
  async resyncOver(ms: number): Promise<void> {
    if (this.goingRound) return;
    this.goingRound = true;
    await this.resyncPages((pages) => sleep(ms / pages, undefined, { ref: false }));
    this.goingRound = false;
  }

  private async resyncPages(pause: (pages: number) => Promise<void>): Promise<void> {
    const users = [...this.entries.keys()];
    const pages = Math.ceil(users.length / RESYNC_PAGE);
    try {
      for (let page = 0; page < pages; page++) {
        if (page > 0) await pause(pages);
        await this.resyncUsers(users.slice(page * RESYNC_PAGE, (page + 1) * RESYNC_PAGE));
      }
    } catch (error) {
      this.onError(error);
    }
  }

  private async resyncUsers(users: readonly string[]): Promise<void> {
    // The others have left meanwhile.
    const userIds = users.filter((userId) => this.entries.has(userId));
    if (userIds.length === 0) return;
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
