import { Injectable } from '@nestjs/common';
import type { OrderEvent } from '../orders/domain/order-events.js';
import { OrderStore } from '../orders/persistence/order.store.js';
import { Turns } from './turns.js';
import { PAGE_SIZE, type UserEvents } from './user-events.js';

/** Database connections that the gateway uses at most: thousands of resuming sockets must not starve the intake of orders. */
const CONCURRENT_READS = 4;

interface Question {
  readonly userId: string;
  readonly resolve: (last: bigint) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads users' events for the streams of this process. Throws what the database throws. */
@Injectable()
export class EventReader {
  private readonly turns = new Turns(CONCURRENT_READS);
  private questions: Question[] = [];

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

  private async after(userId: string, sequence: bigint): Promise<readonly OrderEvent[]> {
    return this.turns.take(async () => this.store.eventsAfter(userId, sequence, PAGE_SIZE));
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
