import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { CLIENT_OPTIONS, EngineClient } from './client-options.js';

export interface ConnectionSettings {
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Called with errors of idle connections, which concern no request. */
  readonly onPoolError?: (error: unknown) => void;
}

/** Options of the pool that serves requests and workers. Entities are added by the modules that own them. */
export function dataSourceOptions({
  url,
  poolSize,
  onPoolError = () => undefined,
}: ConnectionSettings): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    logging: false,
    // Migrations own the schema, extensions included.
    installExtensions: false,
    poolErrorHandler: onPoolError,
    extra: { ...CLIENT_OPTIONS, Client: EngineClient },
  } satisfies DataSourceOptions;
}
