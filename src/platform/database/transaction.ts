import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { CommitOutcomeUnknown, isDatabaseUnavailable, translateDatabaseError } from './database.errors.js';

/** A transaction under way, for stores to write within. */
export type Transaction = EntityManager;

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 * @throws EngineError `unavailable` when the database can't serve; nothing was stored
 * @throws CommitOutcomeUnknown when the connection was lost during COMMIT
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const result = await beforeCommit(runner, work);
    await commit(runner);
    return result;
  } finally {
    await runner.release();
  }
}

async function beforeCommit<T>(runner: QueryRunner, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  try {
    await runner.startTransaction();
    return await work(runner.manager);
  } catch (error) {
    await abandon(runner, error);
    throw translateDatabaseError(error);
  }
}

async function commit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    await hangUp(runner);
    throw new CommitOutcomeUnknown(error);
  }
}

/** A server that does not answer is not asked to roll back either: it does so when it notices that we are gone. */
async function abandon(runner: QueryRunner, error: unknown): Promise<void> {
  if (!runner.isTransactionActive) return;
  try {
    if (isConnectionLost(error)) await hangUp(runner);
    else await runner.rollbackTransaction();
  } catch {
    await hangUp(runner);
  }
}

/** A cancelled statement leaves the connection well, in a transaction that has to be rolled back. */
function isConnectionLost(error: unknown): boolean {
  const code = ((error as { driverError?: { code?: unknown } }).driverError ?? (error as { code?: unknown })).code;
  return isDatabaseUnavailable(error) && code !== '57014' && code !== '55P03';
}

async function hangUp(runner: QueryRunner): Promise<void> {
  try {
    const client = (await runner.connect()) as { end(): Promise<void> };
    void client.end().catch(() => undefined);
  } catch {
    // There was no connection to begin with.
  }
}
