import type { ChainClient } from '../../../src/chain/chain-client.js';
import type { DataSource, QueryRunner } from 'typeorm';

/** A statement of a worker, as its taps see it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const never = new Promise<never>(() => undefined);

/** Whether a process lives. Once it has ended, nothing that it does has an effect, and nothing that it waits for comes. */
export class Life {
  private over = false;
  /** Run before and after each statement; they may end the life, wait, or throw instead of the statement's answer. */
  before: (statement: Statement) => void | Promise<void> = () => undefined;
  after: (statement: Statement) => void | Promise<void> = () => undefined;

  end(): void {
    this.over = true;
  }

  /** A call, so that nobody thinks that it stays as it was across a wait. */
  hasEnded(): boolean {
    return this.over;
  }

  async live<T>(work: () => Promise<T>): Promise<T> {
    if (this.hasEnded()) return never;
    try {
      const result = await work();
      return this.hasEnded() ? await never : result;
    } catch (error) {
      if (this.hasEnded()) return never;
      throw error;
    }
  }

  /** The object, whose methods all stop with this life. */
  share<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, key) => {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => this.live(() => Promise.resolve(Reflect.apply(member, object, args) as unknown));
      },
    });
  }

  /** The ledger and each of its nodes, whose calls all stop with this life. */
  shareChain(chain: ChainClient): ChainClient {
    const nodes = () => chain.nodes().map((node) => this.share(node));
    return new Proxy(this.share(chain), {
      get: (shared, key) => (key === 'nodes' ? nodes : (Reflect.get(shared, key) as unknown)),
    });
  }

  /** Puts every statement of the pool under this life. */
  rule(dataSource: DataSource): void {
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => this.ruled(create(mode));
  }

  private ruled(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as (sql: string, parameters?: unknown[], raw?: boolean) => Promise<unknown>;
    const watched = async (sql: string, parameters: unknown[] = [], raw?: boolean): Promise<unknown> => {
      try {
        await this.before({ sql, parameters });
        if (this.hasEnded()) return await never;
        const result = await query(sql, parameters, raw);
        await this.after({ sql, parameters });
        return result;
      } finally {
        // Whoever asked never hears of it, and so never gives the connection back.
        if (this.hasEnded()) void runner.release();
      }
    };
    runner.query = ((sql: string, parameters?: unknown[], raw?: boolean) =>
      this.live(() => watched(sql, parameters, raw))) as QueryRunner['query'];
    return runner;
  }
}

/** The statement that commits an attempt. */
export function commitsAttempt({ sql }: Statement): boolean {
  return sql.includes('insert into attempts');
}

/** The statement that takes an order to `status` (and `stage`, when given). */
export function takesTo(status: string, stage?: string): (statement: Statement) => boolean {
  return ({ sql, parameters }) =>
    sql.includes('update orders o set') &&
    parameters.includes(status) &&
    (stage === undefined || parameters.includes(stage));
}
