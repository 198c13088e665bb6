import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuditVerifier } from '../../../src/audit/audit-verifier.js';
import { AuditTrailStore } from '../../../src/audit/persistence/audit-trail.store.js';
import { newOrderId } from '../../../src/kernel/ids.js';
import { loadMigrations, migrate } from '../../../src/platform/database/migrate.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';

/** Real: the migrations on PostgreSQL. */
describe('the migration of the audit trail', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    const all = await loadMigrations();
    const earlier = all.slice(
      0,
      all.findIndex(({ name }) => name.startsWith('CreateAuditTrail')),
    );
    dataSource = await new DataSource({ type: 'postgres', url: database.url, migrations: earlier }).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const migrateAll = () => migrate({ url: database.url, queueOnPostgres: false, log: () => undefined });

  it('chains what was stored before it', async () => {
    await dataSource.runMigrations();
    const ids = [newOrderId(), newOrderId()];
    await dataSource.query("insert into networks (genesis_hash, chain, execution) values ('test', 'paper', 'live')");
    await dataSource.query(
      `insert into orders (id, network_id, user_id, type, side, base_mint, base_symbol, base_decimals, quote_mint, quote_symbol,
         quote_decimals, amount, slippage_bps, venues, status, stage, progress, deadline_at)
       select id, 1, 'ann', 'market', 'buy', 'a', 'A', 0, 'b', 'B', 0, 1, 0, '{raydium}', 'pending', 'queued', 10, now()
       from unnest($1::uuid[]) id`,
      [ids],
    );
    await dataSource.query(
      `insert into order_events (user_id, sequence, order_id, previous_status, status, stage, progress, attempt, message, data)
       select 'ann', (n - 1) * 2 + i, id, case when n > 1 then 'pending' end, 'pending', 'queued', 10, 0, 'old', '{"n": 1.0}'
       from unnest($1::uuid[]) with ordinality o (id, i), generate_series(1, 5) n`,
      [ids],
    );
    await dataSource.query("insert into user_sequences values ('ann', 10)");
    await migrateAll();

    const trail = new AuditTrailStore(dataSource);
    const verify = () => new AuditVerifier(trail).verify();
    expect(await verify()).toEqual({ events: 10, orders: 2, ok: true, firstBad: null });
    expect(await trail.checkpoint()).toMatchObject({ checkpoint: { number: 1n, events: 10n } });
    expect(await verify()).toMatchObject({ ok: true });
    await expect(dataSource.query("update order_events set message = 'new'")).rejects.toThrow(/append-only/);
  });

  it('leaves roles that were granted everything with reading and adding', async () => {
    const role = `engine_test_${randomBytes(6).toString('hex')}`;
    await dataSource.query(`create role ${role}`);
    try {
      await dataSource.query(`alter default privileges grant all on tables to ${role}`);
      await dataSource.runMigrations();
      await migrateAll();
      const may = async (table: string) => {
        const rows = await dataSource.query<{ privilege: string }[]>(
          `select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) privilege
           where has_table_privilege($1, $2, privilege)`,
          [role, table],
        );
        return rows.map(({ privilege }) => privilege);
      };
      for (const table of ['order_events', 'audit_checkpoints', 'audit_spans']) {
        expect(await may(table)).toEqual(['SELECT', 'INSERT']);
      }
      expect(await may('orders')).toContain('UPDATE');
    } finally {
      await dataSource.query(`drop owned by ${role}`);
      await dataSource.query(`drop role ${role}`);
    }
  });
});
