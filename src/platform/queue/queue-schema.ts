import { runMigrations } from 'bullmq';
import type pg from 'pg';

/** Makes or upgrades BullMQ's own schema, `bullmq`, in one transaction on `client`. */
export async function migrateQueueSchema(client: pg.Client): Promise<void> {
  await runMigrations(client);
}
