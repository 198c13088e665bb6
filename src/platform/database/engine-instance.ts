import type { DataSource } from 'typeorm';

/** Which database this is: made by the first migration, the same for every process on it. */
export class EngineInstance {
  private constructor(readonly id: string) {}

  static async load(dataSource: DataSource): Promise<EngineInstance> {
    const [row] = await dataSource.query<{ id: string }[]>('select id from engine_instance');
    if (row === undefined) throw new Error('The table engine_instance is empty: the database was not migrated.');
    return new EngineInstance(row.id);
  }

  /** Prefix of keys and channels in Redis, so that two databases can share one. */
  get keyPrefix(): string {
    return `oee:${this.id.slice(0, 8)}`;
  }
}
