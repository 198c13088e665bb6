import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations, SchemaMigrationRequiredError } from 'bullmq';
import type pg from 'pg';

/** The queues that there are. */
const QUEUE_NAMES = ['orders'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/**
 * Makes or upgrades BullMQ's own schema, `bullmq`, in one transaction on `client`, and what BullMQ otherwise makes when a queue is first used.
 * What is up to date is only read: a role that uses the schema may do no more, and BullMQ's migration asks for the right to change it even then.
 */
export async function migrateQueueSchema(client: pg.Client): Promise<void> {
  if ((await versionOf(client)) < LATEST_SCHEMA_VERSION) await runMigrations(client);
  // The first id of a queue makes the sequence of its ids. Ours have ids of their own, yet it has to be there.
  await client.query(
    `select bullmq.next_job_id(name) from unnest($1::text[]) name
     where to_regclass('bullmq.' || bullmq.job_id_seq_name(name)) is null`,
    [QUEUE_NAMES],
  );
}

/** 0 where there is no schema yet. Throws when a newer BullMQ made it than this one can use. */
async function versionOf(client: pg.Client): Promise<number> {
  try {
    return await assertSchemaCompatibility(client);
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  }
}
