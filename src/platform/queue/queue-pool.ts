import pg from 'pg';
import type { Availability } from '../health/availability.js';

type Callback = Parameters<pg.Pool['connect']>[0];
type Done = (release?: Error | boolean) => void;

/**
 * A pool for BullMQ. BullMQ waits before it tries again only when an error is called ECONNREFUSED, and would spin through a server's
 * restart otherwise, so every failure to connect is called that.
 */
export class QueuePool extends pg.Pool {
  constructor(
    config: pg.PoolConfig,
    private readonly availability: Availability,
  ) {
    super(config);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined) return this.connectOrRefuse();
    super.connect((error: Error | undefined, client: pg.PoolClient | undefined, done: Done) => {
      callback(error && this.refused(error), client, done);
      if (error === undefined) this.availability.up();
    });
    return undefined;
  }

  private async connectOrRefuse(): Promise<pg.PoolClient> {
    try {
      const client = await super.connect();
      this.availability.up();
      return client;
    } catch (error) {
      throw this.refused(error);
    }
  }

  private refused(cause: unknown): Error {
    this.availability.down(cause);
    return Object.assign(new Error('PostgreSQL can not be reached', { cause }), { code: 'ECONNREFUSED' });
  }
}
