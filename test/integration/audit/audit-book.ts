import type { QueryRunner } from 'typeorm';
import { AuditVerifier, type KnownCheckpoint, type Verdict } from '../../../src/audit/audit-verifier.js';
import { AuditTrailStore } from '../../../src/audit/persistence/audit-trail.store.js';
import { TrailReader } from '../../../src/audit/persistence/trail.reader.js';
import type { OrderEventKind } from '../../../src/orders/domain/order-status.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { newOrder, openStores, type Stores, step } from '../orders/orders-store.js';

/** No case fits into one. */
const SMALL_PAGES = { events: 2, users: 1, checkpoints: 1 };

/** Who tampers switches off what the database enforces. */
export const UNENFORCED = 'set local session_replication_role = replica';

/**
 * Ann's orders a and b take turns, Bob has one:
 *
 *     Ann  1 a pending · 2 b pending · 3 a routing · 4 b routing │ 5 a executing · 6 a completed │ 7 b executing
 *     Bob  1 pending · 2 cancelled                               │ (checkpoints)
 */
export class AuditBook {
  private constructor(
    private readonly database: TestDatabase,
    readonly stores: Stores,
    readonly a: OrderId,
    readonly b: OrderId,
  ) {}

  static async open(): Promise<AuditBook> {
    const database = await createTestDatabase();
    const stores = await openStores(database.url);
    const trail = new AuditTrailStore(stores.dataSource);
    const place = async (userId: string) => {
      const order = newOrder({ userId, clientOrderId: null });
      await stores.intake.store(order);
      return order.orderId;
    };
    const walk = async (orderId: OrderId, kind: OrderEventKind) => {
      const applied = await stores.orders.apply(step(orderId, kind, { data: { kind } }));
      if (applied.kind !== 'applied') throw new Error(applied.kind);
    };
    const a = await place('ann');
    const b = await place('ann');
    const bobs = await place('bob');
    for (const id of [a, b]) await walk(id, 'routing-started');
    await walk(bobs, 'cancelled');
    await trail.checkpoint();
    for (const kind of ['building-started', 'completed'] as const) await walk(a, kind);
    await trail.checkpoint();
    await walk(b, 'building-started');
    return new AuditBook(database, stores, a, b);
  }

  get trail(): AuditTrailStore {
    return new AuditTrailStore(this.stores.dataSource);
  }

  /** What verification says after the statements; they are undone. */
  async after(statements: readonly string[], known: KnownCheckpoint | null = null): Promise<Verdict> {
    return this.trying(async (runner) => {
      for (const statement of statements) await runner.query(statement);
      const inside = {
        read: (look: (reader: TrailReader) => unknown) => look(new TrailReader(runner.manager, SMALL_PAGES)),
      };
      return new AuditVerifier(inside as AuditTrailStore).verify(known);
    });
  }

  async rows<T>(sql: string): Promise<T[]> {
    return this.stores.dataSource.query<T[]>(sql);
  }

  async close(): Promise<void> {
    await this.stores.close();
    await this.database.drop();
  }

  private async trying<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.stores.dataSource.createQueryRunner();
    await runner.startTransaction();
    try {
      return await work(runner);
    } finally {
      await runner.rollbackTransaction();
      await runner.release();
    }
  }
}
