/** For the TypeORM command line: `DATABASE_URL=… node --import @swc-node/register/esm-register node_modules/typeorm/cli.js -d ormconfig.ts …`. */
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/platform/database/data-source.js';
import { migrationsFolder } from './src/platform/database/migrate.js';

const url = process.env.DATABASE_URL;
if (url === undefined) throw new Error('Set DATABASE_URL to the database that the command should work on.');

export const dataSource = new DataSource({
  ...dataSourceOptions({ url, poolSize: 2 }),
  migrations: [`${migrationsFolder()}/*-*.{ts,js}`],
});
