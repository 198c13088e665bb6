import { join } from 'node:path';
import pg from 'pg';
import { CANARY, configFolder, faultsOf, namesOf, refusal } from '../../../test/support/config-faults.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';

describe('the configuration of stores and secrets', () => {
  const { folder, file } = configFolder();

  describe('the database', () => {
    it('is the one of DATABASE_URL, parameters and all', () => {
      const url = 'postgresql://u:p@db:6000/x?sslmode=verify-full';
      expect(loadConfig({ DATABASE_URL: url }).database).toEqual({ kind: 'external', url });
    });

    it.each([
      ['', false],
      ['?sslmode=disable', false],
      ['?sslmode=prefer', { rejectUnauthorized: false }],
      ['?sslmode=require', { rejectUnauthorized: false }],
      ['?connect_timeout=3&sslmode=require', { rejectUnauthorized: false }],
      ['?sslmode=verify-full', {}],
      ['?sslmode=no-verify', { rejectUnauthorized: false }],
    ])('encrypts and verifies with %j as libpq does', (query, ssl) => {
      const env = { DATABASE_URL: `postgres://db/x${query}`, MIGRATION_DATABASE_URL: `postgres://m@db/x${query}` };
      const { database, migrationDatabaseUrl } = loadConfig(env);
      for (const url of [database.kind === 'external' ? database.url : '', migrationDatabaseUrl])
        expect(new pg.Client(url).ssl).toEqual(ssl);
    });

    it.each(['sslmode=on', 'sslmode=', 'sslmode=verify-ca', 'sslmode=allow'])('is refused with %s', (query) => {
      expect(namesOf({ DATABASE_URL: `postgres://db/x?${query}` })).toEqual(['DATABASE_URL']);
    });

    it('may be given in parts, whatever characters they hold', () => {
      const { database } = loadConfig({ DB_HOST: 'db', DB_USER: 'a@b', DB_PASSWORD: 'p:/?#%', DB_NAME: 'x/y' });
      const url = new URL(database.kind === 'external' ? database.url : '');
      expect([url.hostname, url.port, decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([
        'db',
        '5432',
        'a@b',
        'p:/?#%',
      ]);
      expect(decodeURIComponent(url.pathname)).toBe('/x/y');
    });

    it('has an IPv6 host in brackets', () => {
      expect(loadConfig({ DB_HOST: '::1' }).database).toEqual({
        kind: 'external',
        url: 'postgresql://postgres@[::1]:5432/order_execution_engine',
      });
    });

    it('is not given twice', () => {
      expect(namesOf({ DATABASE_URL: 'postgres://db/x', DB_HOST: 'db' })).toEqual(['DB_HOST']);
    });

    it.each(['api', 'worker', 'api,api'])('is external when ROLES is %s alone', (roles) => {
      expect(namesOf({ ROLES: roles })).toEqual(['ROLES']);
      expect(loadConfig({ ROLES: roles, DATABASE_URL: 'postgres://db/x' }).roles).toEqual([roles.split(',')[0]]);
    });

    it('is embedded with both roles in any order', () => {
      expect(loadConfig({ ROLES: 'worker, api' }).roles).toEqual(['worker', 'api']);
    });

    it.each(['postgres://m@db/x', 'file'])('is never embedded while another one would be migrated (%s)', (url) => {
      const migration: Environment =
        url === 'file'
          ? { MIGRATION_DATABASE_URL_FILE: file('migration', 'postgres://m@db/x') }
          : { MIGRATION_DATABASE_URL: url };
      expect(faultsOf(migration)).toEqual([
        {
          name: 'MIGRATION_DATABASE_URL',
          rule: 'needs DATABASE_URL or DB_HOST: the same database, as the role that uses it',
        },
      ]);
      for (const used of [{ DATABASE_URL: 'postgres://db/x' }, { DB_HOST: 'db' }])
        expect(loadConfig({ ...migration, ...used }).migrationDatabaseUrl).toBe('postgres://m@db/x');
    });

    it.each(['MIGRATION_DATABASE_URL', 'DATABASE_URL'])('is a PostgreSQL URL in %s', (name) => {
      expect(namesOf({ [name]: 'mysql://db/x' })).toEqual([name]);
      expect(namesOf({ [name]: 'db:5432' })).toEqual([name]);
    });
  });

  describe('Redis', () => {
    it.each(['redis://r:6379', 'rediss://:p@r/1'])('is the one of REDIS_URL %s', (url) => {
      expect(loadConfig({ REDIS_URL: url }).redisUrl).toBe(url);
    });

    it('may be given in parts', () => {
      expect(loadConfig({ REDIS_HOST: 'r' }).redisUrl).toBe('redis://r:6379');
      expect(loadConfig({ REDIS_HOST: '::1', REDIS_PORT: '1', REDIS_PASSWORD: '@/' }).redisUrl).toBe(
        'redis://:%40%2F@[::1]:1',
      );
    });

    it('is not given twice', () => {
      expect(namesOf({ REDIS_URL: 'redis://r', REDIS_HOST: 'r' })).toEqual(['REDIS_HOST']);
    });
  });

  describe('a secret', () => {
    it('may come as a file, trimmed', () => {
      const path = file('url', 'postgres://u:p@db/x\n');
      expect(loadConfig({ DATABASE_URL_FILE: path }).database).toEqual({
        kind: 'external',
        url: 'postgres://u:p@db/x',
      });
    });

    it('is checked like a value when it comes as a file', () => {
      const error = refusal({ DATABASE_URL_FILE: file('bad', CANARY) });
      expect(error.faults.map(({ name }) => name)).toEqual(['DATABASE_URL']);
      expect(error.message).not.toContain(CANARY);
    });

    it('is not given twice', () => {
      const env = { REDIS_PASSWORD: CANARY, REDIS_PASSWORD_FILE: file('password', CANARY) };
      expect(namesOf(env)).toEqual(['REDIS_PASSWORD']);
      expect(refusal(env).message).not.toContain(CANARY);
    });

    it('must be readable when it comes as a file', () => {
      expect(faultsOf({ DB_PASSWORD_FILE: join(folder, 'absent') })).toEqual([
        { name: 'DB_PASSWORD_FILE', rule: 'cannot be read (ENOENT)' },
      ]);
    });

    it('is the only thing that may come as a file', () => {
      expect(loadConfig({ PORT_FILE: file('port', '1') }).port).toBe(3000);
    });
  });
});
