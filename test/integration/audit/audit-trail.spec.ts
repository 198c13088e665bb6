import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { AuditVerifier } from '../../../src/audit/audit-verifier.js';
import { AuditTrailStore } from '../../../src/audit/persistence/audit-trail.store.js';
import type { OrderId } from '../../../src/kernel/ids.js';
import { toFrame } from '../../../src/orders/domain/order-events.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { chainOf } from '../../support/event-chain.js';
import { newOrder, openStores, type Stores, step } from '../orders/orders-store.js';

/** Real: the stores of two processes, their trigger, checkpoints and the verifier on PostgreSQL. */
describe('the audit trail', () => {
  let database: TestDatabase;
  let here: Stores;
  let there: Stores;
  let trails: AuditTrailStore[];

  beforeEach(async () => {
    database = await createTestDatabase();
    here = await openStores(database.url);
    there = await openStores(database.url);
    trails = [here, there].map(({ dataSource }) => new AuditTrailStore(dataSource));
  });
  afterEach(async () => {
    await here.close();
    await there.close();
    await database.drop();
  });

  const verify = () => new AuditVerifier(trails[0]!).verify();
  const sql = <T>(text: string, parameters: unknown[] = []) => here.dataSource.query<T[]>(text, parameters);
  const place = async (stores: Stores, userId: string): Promise<OrderId> => {
    const order = newOrder({ userId });
    await stores.intake.store(order);
    return order.orderId;
  };
  const live = async (stores: Stores, userId: string) => {
    const orderId = await place(stores, userId);
    for (const kind of ['routing-started', 'building-started', 'submitted', 'completed'] as const) {
      expect((await stores.orders.apply(step(orderId, kind))).kind).toBe('applied');
    }
    return orderId;
  };
  const coverAll = async () => {
    while ((await trails[0]!.checkpoint()).checkpoint !== null) continue;
  };

  it('of an empty book verifies', async () => {
    expect(await verify()).toEqual({ events: 0, orders: 0, ok: true, firstBad: null });
    expect(await trails[0]!.checkpoint()).toEqual({ checkpoint: null, broken: [] });
  });

  it('has a last checkpoint, whose number and age grow', async () => {
    const first = await trails[0]!.lastCheckpoint();
    expect(first.number).toBe(0);
    await sql('alter table audit_checkpoints disable trigger audit_checkpoints_append_only');
    await sql("update audit_checkpoints set created_at = created_at - interval '90 seconds'");
    expect((await trails[0]!.lastCheckpoint()).ageSeconds).toBeGreaterThanOrEqual(first.ageSeconds + 90);
    await live(here, 'ann');
    await coverAll();
    const { number, ageSeconds } = await trails[1]!.lastCheckpoint();
    expect(number).toBe(1);
    expect(ageSeconds).toBeLessThan(90);
  });

  it('is whole at every moment of twenty writers and two who make checkpoints', async () => {
    const writers = Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        for (let round = 0; round < 5; round++) await live(i % 2 === 0 ? here : there, `user-${i % 4}`);
      }),
    );
    let isWriting = true;
    const others = [...trails.map((trail) => () => trail.checkpoint()), verify].map(async (look) => {
      const seen: unknown[] = [];
      while (isWriting) seen.push(await look());
      return seen;
    });
    await writers;
    isWriting = false;
    const [, , verdicts] = await Promise.all(others);
    expect(verdicts!.map((verdict) => (verdict as { firstBad: unknown }).firstBad)).toEqual(verdicts!.map(() => null));

    await coverAll();
    expect(await verify()).toEqual({ events: 500, orders: 100, ok: true, firstBad: null });
    const spans = await sql<{ user_id: string; first: string; last: string; before: string | null }>(
      `select user_id, first_sequence as first, last_sequence as last,
         lag(last_sequence, 1, 0::bigint) over (partition by user_id order by last_sequence) as before from audit_spans`,
    );
    expect(spans.filter(({ first, before }) => BigInt(first) !== BigInt(before ?? 0) + 1n)).toEqual([]);
    expect(spans.reduce((sum, { first, last }) => sum + Number(last) - Number(first) + 1, 0)).toBe(500);
  });

  it('can be computed anew by whoever reads the events', async () => {
    const events = await here.orders.eventsOf(await live(here, 'ann'));
    expect(events.map(({ hash }) => hash)).toEqual(chainOf(events.map(toFrame), 'ann'));
  });

  it('is the same to the database and to the verifier, whatever an event says', async () => {
    const orderId = await place(here, 'ann');
    // PostgreSQL stores neither U+0000 nor half a surrogate pair.
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ' '));
    const said = fc.sample(fc.tuple(text, fc.dictionary(text, fc.oneof(text, fc.double(), fc.maxSafeInteger()))), 500);
    said.push(['\u0001\u001f"\\/\b\f\n\r\t\u007f\u0080\u2028\ufeff\u{1f600}', { __proto__: 1, a: -0 }]);
    await sql(
      `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message, data)
       select 'ann', n + 1, $1, 'executing', 'executing', 'building', 70, 1, e ->> 0, e -> 1
       from json_array_elements($2::json) with ordinality as said (e, n)`,
      [orderId, JSON.stringify(said)],
    );
    await sql('update user_sequences set last_sequence = $1', [said.length + 1]);
    await coverAll();
    expect(await verify()).toEqual({ events: said.length + 1, orders: 1, ok: true, firstBad: null });
  });

  it('gets one checkpoint of many made at once', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => live(here, `user-${i}`)));
    const made = await Promise.all(Array.from({ length: 10 }, (_, i) => trails[i % 2]!.checkpoint()));
    const all = made.flatMap(({ checkpoint }) => (checkpoint === null ? [] : [checkpoint]));
    expect(all).toMatchObject([{ number: 1n, events: 50n }]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('is covered in pieces when there is much of it', async () => {
    for (let i = 0; i < 7; i++) await live(here, `user-${i}`);
    await live(here, 'user-3');
    const pieces: bigint[] = [];
    for (;;) {
      const { checkpoint } = await trails[0]!.checkpoint({ events: 6, usersAPage: 2 });
      if (checkpoint === null) break;
      pieces.push(checkpoint.events);
    }
    expect(pieces.reduce((sum, events) => sum + events, 0n)).toBe(40n);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.every((events) => events <= 18n)).toBe(true);
    expect(await verify()).toEqual({ events: 40, orders: 8, ok: true, firstBad: null });
  });

  it('gets no checkpoint over events of which one is gone, but over those of others', async () => {
    await live(here, 'ann');
    await live(here, 'bob');
    await here.dataSource.transaction(async (manager) => {
      await manager.query('set local session_replication_role = replica');
      await manager.query("delete from order_events where user_id = 'ann' and sequence = 3");
    });
    expect(await trails[0]!.checkpoint()).toMatchObject({ checkpoint: { events: 5n }, broken: ['ann'] });
    expect(await trails[0]!.checkpoint()).toEqual({ checkpoint: null, broken: ['ann'] });
  });

  it('keeps orders coming while a checkpoint is being made', async () => {
    await live(here, 'ann');
    const runner = there.dataSource.createQueryRunner();
    await runner.startTransaction();
    const held = new AuditTrailStore({ transaction: (work: (m: unknown) => unknown) => work(runner.manager) } as never);
    expect(await held.checkpoint()).toMatchObject({ checkpoint: { events: 5n } });
    await live(here, 'ann');
    expect(await trails[0]!.checkpoint()).toEqual({ checkpoint: null, broken: [] });
    await runner.commitTransaction();
    await runner.release();
    expect(await trails[0]!.checkpoint()).toMatchObject({ checkpoint: { number: 2n, events: 5n } });
    expect(await verify()).toMatchObject({ events: 10, ok: true });
  });

  it.each(['audit_checkpoints', 'audit_spans'])('lets nobody change %s', async (table) => {
    for (const change of [`update ${table} set hash = hash`, `delete from ${table}`, `truncate ${table} cascade`]) {
      await expect(sql(change)).rejects.toThrow(/append-only/);
    }
  });

  it("takes no writer's word for a hash", async () => {
    const orderId = await place(here, `user-${randomBytes(3).toString('hex')}`);
    const { hash } = (await here.orders.eventsOf(orderId))[0]!;
    const [row] = await sql<{ hash: string }>(
      `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message, hash)
       select user_id, 2, order_id, status, status, stage, progress, 1, 'forged', hash from order_events returning encode(hash, 'hex') as hash`,
    );
    expect(row!.hash).not.toBe(hash);
  });
});
