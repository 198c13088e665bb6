import { Injectable } from '@nestjs/common';
import type { OrderEvent } from '../orders/domain/order-events.js';
import { type EventPosition, OrderStore } from '../orders/persistence/order.store.js';
import { Turns } from './turns.js';
import { PAGE_SIZE, type UserEvents } from './user-events.js';

/** Database connections that the gateway uses at most: thousands of resuming sockets must not starve the intake of orders. */
const CONCURRENT_READS = 4;
/** Users whose next page one query reads at most: bounds the memory of a storm of replays. */
const READ_TOGETHER = 32;

interface Question {
  readonly userId: string;
  readonly resolve: (last: bigint) => void;
  readonly reject: (error: unknown) => void;
}

interface WantedPage extends EventPosition {
  readonly resolve: (page: readonly OrderEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads users' events for the streams of this process. Throws what the database throws. */
@Injectable()
export class EventReader {
  private readonly turns = new Turns(CONCURRENT_READS);
  private questions: Question[] = [];
  private readonly wanted: WantedPage[] = [];

  constructor(private readonly store: OrderStore) {}

  of(userId: string): UserEvents {
    return {
      after: async (sequence) => this.after(userId, sequence),
      last: async () => this.lastSequence(userId),
    };
  }

  /** The last committed sequence of each user; users without events are absent. */
  async lastSequences(userIds: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    return this.turns.take(async () => this.store.lastSequences(userIds));
  }

  /** 0: no event yet. Questions of one turn of the event loop share a query, which begins after they were asked. */
  async lastSequence(userId: string): Promise<bigint> {
    return new Promise((resolve, reject) => {
      this.questions.push({ userId, resolve, reject });
      if (this.questions.length === 1) setImmediate(() => void this.answer());
    });
  }

  /** Pages wanted in one turn of the event loop, and while all connections are busy, are read together. */
  private async after(userId: string, sequence: bigint): Promise<readonly OrderEvent[]> {
    return new Promise((resolve, reject) => {
      this.wanted.push({ userId, sequence, resolve, reject });
      setImmediate(() => void this.turns.take(async () => this.readTogether()));
    });
  }

  /** Never rejects. One is asked for with each wanted page; those that find none left have nothing to do. */
  private async readTogether(): Promise<void> {
    const wanted = this.wanted.splice(0, READ_TOGETHER);
    if (wanted.length === 0) return;
    try {
      const pages = await this.store.eventsAfter(wanted, PAGE_SIZE);
      wanted.forEach(({ resolve }, i) => resolve(pages[i] ?? []));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }

  private async answer(): Promise<void> {
    const questions = this.questions;
    this.questions = [];
    try {
      const lasts = await this.lastSequences([...new Set(questions.map(({ userId }) => userId))]);
      for (const { userId, resolve } of questions) resolve(lasts.get(userId) ?? 0n);
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }
}
