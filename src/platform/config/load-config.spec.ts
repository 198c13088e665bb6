import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { DEFAULT_TOKENS, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import { JWT_ALGORITHMS } from '../auth/jwt/jwt-settings.js';
import { ConfigError, type ConfigFault } from './config.errors.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';
import { VARIABLES, type VariableName } from './variables.js';

const CANARY = 'c4n4ry-do-not-print';
const MINT = 'So11111111111111111111111111111111111111113';

function refusal(env: Environment): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const faultsOf = (env: Environment): readonly ConfigFault[] => refusal(env).faults;
const namesOf = (env: Environment): string[] => faultsOf(env).map(({ name }) => name);

describe('the configuration', () => {
  let folder: string;

  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('has a default for everything', () => {
    const { tokens, ...config } = loadConfig({});
    expect(config).toEqual({
      environment: 'development',
      logLevel: 'info',
      host: '127.0.0.1',
      port: 3000,
      roles: ['api', 'worker'],
      shutdownTimeoutMs: 25_000,
      database: { kind: 'embedded' },
      migrationDatabaseUrl: undefined,
      redisUrl: undefined,
      dataDir: resolve('.data'),
      auth: {
        mode: 'none',
        allowedHosts: ['127.0.0.1', 'localhost'],
        allowedOrigins: [],
        trustedProxies: [],
        apiKeyPepper: undefined,
        jwt: undefined,
        keyEnvironment: 'test',
      },
      stream: { maxPerUser: 2_500, maxPerAddress: Infinity },
      limits: {
        ordersPerKey: 0,
        ordersPerAddress: 0,
        readsPerKey: 0,
        readsPerAddress: 0,
        failedAuthPerAddress: 0,
        replicas: 1,
      },
      chain: 'paper',
      execution: 'live',
      solana: undefined,
      paper: { latencyMs: 400, seed: 1 },
      lookupTables: [],
      raydiumAmmV4Swap: 'v1',
      order: {
        concurrency: 10,
        rateMax: 100,
        rateWindowMs: 60_000,
        maxAttempts: 3,
        backoffMs: 1000,
        deadlineMs: 600_000,
        completionCommitment: 'finalized',
        defaultSlippageBps: 50,
        maxSlippageBps: 500,
        maxPriceImpactBps: 1000,
        maxQuoteAgeSlots: 5,
        maxPriorityFeeLamports: 1_000_000,
        priorityFeePercentile: 75,
        haltAfterFailedSwaps: 5,
        maxQuote: undefined,
      },
      risk: {
        allowedMints: undefined,
        maxOrderUsdMicros: undefined,
        maxDailyUsdMicros: undefined,
        maxDailyTotalUsdMicros: undefined,
        maxOpenOrders: undefined,
        maxVenueDeviationBps: undefined,
      },
    });
    expect(tokens.tokens).toEqual(DEFAULT_TOKENS);
  });

  it('takes an empty value for an absent one', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  describe('refuses', () => {
    it('every fault at once, by name', () => {
      const env = {
        PORT: 'http',
        ROLES: 'boss',
        LOG_LEVEL: 'loud',
        MAX_ORDER_QUOTE: '1e3',
        ALLOW_UNAUTHENTICATED: 'yes',
      };
      expect(namesOf(env).sort()).toEqual(Object.keys(env).sort());
      for (const name of Object.keys(env)) expect(refusal(env).message).toContain(`  ${name}: `);
    });

    it('what is wrong with variables together beside what is wrong with others by themselves', () => {
      const env = {
        PORT: 'http',
        HOST: '0.0.0.0',
        CHAIN: 'solana',
        SOLANA_RPC_URL: 'nowhere',
        DB_HOST: 'db',
        REDIS_HOST: 'r',
      };
      const missing = ['AUTH_MODE', 'EXECUTION', 'MAX_ORDER_QUOTE', 'SIGNER_KEYPAIR_PATH'];
      const twice = { REDIS_URL: 'redis://r', TOKENS_FILE: join(folder, 'none.json') };
      expect(namesOf({ ...env, ...twice }).sort()).toEqual(
        [...missing, 'PORT', 'REDIS_HOST', 'SOLANA_RPC_URL', 'TOKENS_FILE'].sort(),
      );
    });

    it.each<[VariableName, Environment]>([
      ['DATABASE_URL', { DATABASE_URL: 'nowhere', ROLES: 'api' }],
      ['CHAIN', { CHAIN: 'moon', SOLANA_CLUSTER: 'mainnet-beta' }],
      [
        'SOLANA_CLUSTER',
        { CHAIN: 'solana', SOLANA_CLUSTER: 'moon', SOLANA_RPC_URL: 'http://r', SIGNER_KEYPAIR_PATH: 'k' },
      ],
      ['ALLOW_UNAUTHENTICATED', { ALLOW_UNAUTHENTICATED: 'yes', HOST: '0.0.0.0' }],
      ['MAX_SLIPPAGE_BPS', { MAX_SLIPPAGE_BPS: 'much', DEFAULT_SLIPPAGE_BPS: '600' }],
      ['TOKENS_FILE', { TOKENS_FILE: '/none.json', RISK_ALLOWED_TOKENS: 'SOL,OURS' }],
    ])('only %s where nothing else can be said because of it', (name, env) => {
      expect(namesOf(env)).toEqual([name]);
    });

    it('only the file of a secret that can not be read', () => {
      expect(namesOf({ AUTH_MODE: 'api-key', API_KEY_PEPPER_FILE: '/none' })).toEqual(['API_KEY_PEPPER_FILE']);
    });

    it.each<[VariableName, string]>([
      ['ALLOWED_ORIGINS', 'app.example'],
      ['ALLOWED_ORIGINS', 'https://app.example/'],
      ['ALLOWED_ORIGINS', 'https://app.example,null'],
      ['ALLOWED_HOSTS', 'engine.example:3000'],
      ['ALLOWED_HOSTS', 'https://engine.example'],
    ])('%s=%s, which no browser would ever match', (name, value) => {
      expect(namesOf({ [name]: value })).toEqual([name]);
    });

    it('every variable that has a rule without ever showing its value', () => {
      const lenient: VariableName[] = [
        'HOST',
        'DB_HOST',
        'DB_USER',
        'DB_PASSWORD',
        'DB_NAME',
        'REDIS_HOST',
        'REDIS_PASSWORD',
        'DATA_DIR',
        'API_KEY_PEPPER',
        'JWT_PUBLIC_KEY',
        'JWT_ISSUER',
        'JWT_AUDIENCE',
        'JWT_SCOPE_CLAIM',
        'ALLOWED_HOSTS',
        'SIGNER_KEYPAIR_PATH',
        'TOKENS_FILE',
        'POOLS_FILE',
        'RISK_ALLOWED_TOKENS',
      ];
      const strict = (Object.keys(VARIABLES) as VariableName[]).filter((name) => !lenient.includes(name));
      const error = refusal(Object.fromEntries(strict.map((name) => [name, CANARY])));
      expect(error.faults.map(({ name }) => name).sort()).toEqual(strict.sort());
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(CANARY);
    });

    it('rules over several variables without showing a value', () => {
      const { message } = refusal({
        HOST: CANARY,
        DATABASE_URL: `postgres://u:${CANARY}@db/x`,
        DB_HOST: CANARY,
        REDIS_URL: `redis://:${CANARY}@r`,
        REDIS_HOST: CANARY,
        TOKENS_FILE: join(folder, CANARY),
      });
      expect(message).not.toContain(CANARY);
    });
  });

  describe('reads whole numbers', () => {
    const DAY_MS = 86_400_000;
    const ranges: [VariableName, number, number][] = [
      ['PORT', 0, 65_535],
      ['DB_PORT', 1, 65_535],
      ['REDIS_PORT', 1, 65_535],
      ['ORDER_CONCURRENCY', 1, 1000],
      ['ORDER_RATE_MAX', 0, 1_000_000],
      ['ORDER_RATE_WINDOW_MS', 100, DAY_MS],
      ['ORDER_ATTEMPTS', 1, 20],
      ['ORDER_BACKOFF_MS', 1, 600_000],
      ['ORDER_DEADLINE_MS', 1000, DAY_MS],
      ['DEFAULT_SLIPPAGE_BPS', 0, 10_000],
      ['MAX_SLIPPAGE_BPS', 0, 10_000],
      ['MAX_PRICE_IMPACT_BPS', 0, 10_000],
      ['MAX_QUOTE_AGE_SLOTS', 0, 1000],
      ['MAX_PRIORITY_FEE_LAMPORTS', 0, 1_000_000_000],
      ['PRIORITY_FEE_PERCENTILE', 0, 100],
      ['HALT_AFTER_FAILED_SWAPS', 0, 1000],
      ['RISK_MAX_OPEN_ORDERS', 1, 1_000_000],
      ['RISK_MAX_VENUE_DEVIATION_BPS', 0, 10_000],
      ['SHUTDOWN_TIMEOUT_MS', 1000, 600_000],
      ['PAPER_LATENCY_MS', 0, 60_000],
      ['PAPER_SEED', 0, 4_294_967_295],
    ];
    // Keeps the one rule between two of them out of the way.
    const widest = { DEFAULT_SLIPPAGE_BPS: '0', MAX_SLIPPAGE_BPS: '10000' };

    it.each(ranges)('%s from %i to %i and no further', (name, min, max) => {
      const at = (value: string) => () => loadConfig({ ...widest, [name]: value });
      expect(at(String(min))).not.toThrow();
      expect(at(String(max))).not.toThrow();
      for (const value of [String(min - 1), String(max + 1), `${min}.5`, '0x10', '1e3', ' 5', '9'.repeat(400)]) {
        expect(at(value)).toThrow(ConfigError);
      }
      expect(faultsOf({ [name]: String(max + 1) })).toEqual([
        { name, rule: `must be a whole number from ${min} to ${max}` },
      ]);
    });
  });

  describe('RAYDIUM_AMM_V4_SWAP', () => {
    it.each(['v1', 'v2'] as const)('may be %s', (version) => {
      expect(loadConfig({ RAYDIUM_AMM_V4_SWAP: version }).raydiumAmmV4Swap).toBe(version);
    });

    it.each(['V1', 'v3', '9'])('may not be %s', (text) => {
      expect(faultsOf({ RAYDIUM_AMM_V4_SWAP: text })).toEqual([
        { name: 'RAYDIUM_AMM_V4_SWAP', rule: 'must be one of v1, v2' },
      ]);
    });
  });

  describe('the risk limits', () => {
    it.each(['RISK_MAX_ORDER_USD', 'RISK_MAX_DAILY_USD', 'RISK_MAX_DAILY_USD_TOTAL'])('%s is in dollars', (name) => {
      expect(Object.values(loadConfig({ [name]: '1000.000001' }).risk)).toContain(1_000_000_001n);
      for (const text of ['1e3', '-1', '0.0000001', '1000000000000', 'much']) {
        expect(namesOf({ [name]: text })).toEqual([name]);
      }
    });

    it('name listed tokens, by symbol or mint', () => {
      const [sol, usdc] = DEFAULT_TOKENS;
      const { allowedMints } = loadConfig({ RISK_ALLOWED_TOKENS: `sol, ${usdc!.mint}` }).risk;
      expect([...allowedMints!]).toEqual([sol!.mint, usdc!.mint]);
      expect(namesOf({ RISK_ALLOWED_TOKENS: 'SOL,NONE' })).toEqual(['RISK_ALLOWED_TOKENS']);
    });
  });

  describe('MAX_ORDER_QUOTE', () => {
    it.each(['0', '1', '0.5', '1000000', '9999999999999999999', '1.123456789'])('may be %s', (text) => {
      expect(loadConfig({ MAX_ORDER_QUOTE: text }).order.maxQuote).toBe(text);
    });

    it.each(['-1', '+1', '01', '.5', '1.', '1e3', '1.1234567890', '99999999999999999999'])('may not be %s', (text) => {
      expect(namesOf({ MAX_ORDER_QUOTE: text })).toEqual(['MAX_ORDER_QUOTE']);
    });
  });

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

  describe('without authentication', () => {
    const exposed: Environment[] = [
      { HOST: '0.0.0.0' },
      { HOST: '::' },
      { HOST: '10.0.0.1' },
      { NODE_ENV: 'production' },
    ];

    it.each(exposed)('refuses to serve %o', (env) => {
      expect(namesOf(env)).toEqual(['AUTH_MODE']);
    });

    it.each(exposed)('serves %o when that is allowed, since nothing real can be traded', (env) => {
      expect(loadConfig({ ...env, ALLOW_UNAUTHENTICATED: 'true' }).auth.mode).toBe('none');
    });

    it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('serves the loopback address %s', (host) => {
      expect(loadConfig({ HOST: host }).auth.allowedHosts).toEqual([host, 'localhost']);
    });

    it('does not take a name that starts like a loopback address for one', () => {
      expect(namesOf({ HOST: '127.evil.example' })).toEqual(['AUTH_MODE']);
    });

    it('serves the hosts and origins that are listed, hosts in any case', () => {
      const { auth } = loadConfig({
        ALLOWED_HOSTS: 'Engine.Example, localhost,',
        ALLOWED_ORIGINS: 'https://a.example',
      });
      expect(auth.allowedHosts).toEqual(['engine.example', 'localhost']);
      expect(auth.allowedOrigins).toEqual(['https://a.example']);
    });
  });

  describe('with API keys', () => {
    const withKeys: Environment = { AUTH_MODE: 'api-key', API_KEY_PEPPER: 'p'.repeat(16) };

    it('serves the network, in production too', () => {
      const { auth, stream } = loadConfig({ ...withKeys, HOST: '0.0.0.0', NODE_ENV: 'production' });
      expect(auth).toMatchObject({ mode: 'api-key', apiKeyPepper: 'p'.repeat(16), keyEnvironment: 'test' });
      expect(stream).toEqual({ maxPerUser: 2_500, maxPerAddress: 2_500 });
    });

    it('needs a pepper of at least 16 characters where requests are served', () => {
      expect(namesOf({ AUTH_MODE: 'api-key' })).toEqual(['API_KEY_PEPPER']);
      expect(namesOf({ ...withKeys, API_KEY_PEPPER: 'p'.repeat(15) })).toEqual(['API_KEY_PEPPER']);
      const worker = { AUTH_MODE: 'api-key', ROLES: 'worker', DATABASE_URL: 'postgres://db/x' };
      expect(loadConfig(worker).auth.apiKeyPepper).toBeUndefined();
    });

    it('takes the pepper from a file', () => {
      const env = { AUTH_MODE: 'api-key', API_KEY_PEPPER_FILE: file('pepper', `${'p'.repeat(32)}\n`) };
      expect(loadConfig(env).auth.apiKeyPepper).toBe('p'.repeat(32));
    });
  });

  describe('with tokens', () => {
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const said: Environment = { AUTH_MODE: 'jwt', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'engine' };

    it('checks them by the keys of an endpoint, or by one key', () => {
      const jwksUrl = 'https://id.example/jwks';
      expect(loadConfig({ ...said, JWT_JWKS_URL: jwksUrl }).auth).toMatchObject({
        mode: 'jwt',
        jwt: {
          keys: { kind: 'jwks', url: jwksUrl },
          algorithms: ['RS256'],
          issuer: 'https://id.example',
          audience: 'engine',
          scopeClaim: 'scope',
        },
      });
      const one = loadConfig({ ...said, JWT_PUBLIC_KEY_FILE: file('jwt.pem', pem), JWT_ALGORITHMS: 'EdDSA,ES256' });
      expect(one.auth.jwt).toMatchObject({ keys: { kind: 'pem' }, algorithms: ['EdDSA', 'ES256'] });
    });

    it('needs all that a check takes, where requests are served', () => {
      const needed = ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'];
      expect(namesOf({ AUTH_MODE: 'jwt' })).toEqual(needed);
      const worker = { AUTH_MODE: 'jwt', ROLES: 'worker', DATABASE_URL: 'postgres://db/x' };
      expect(loadConfig(worker).auth.jwt).toBeUndefined();
      const both = { JWT_JWKS_URL: 'https://id.example', JWT_PUBLIC_KEY: pem, JWT_ALGORITHMS: 'EdDSA' };
      expect(namesOf({ ...said, ...both })).toEqual(['JWT_PUBLIC_KEY']);
      expect(namesOf({ ...said, JWT_PUBLIC_KEY: 'no key' })).toEqual(['JWT_PUBLIC_KEY']);
      const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      expect(namesOf({ ...said, JWT_PUBLIC_KEY: secret })).toEqual(['JWT_PUBLIC_KEY']);
    });

    const publicPem = ({ publicKey }: { publicKey: KeyObject }) =>
      publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const rsa = (modulusLength: number) => publicPem(generateKeyPairSync('rsa', { modulusLength }));
    const ec = (namedCurve: string) => publicPem(generateKeyPairSync('ec', { namedCurve }));
    const loading = (key: string, algorithms: string) => {
      const env = { ...said, JWT_PUBLIC_KEY: key, JWT_ALGORITHMS: algorithms };
      return () => loadConfig(env).auth.mode;
    };

    it.each<[string, string, readonly string[]]>([
      ['RSA', rsa(2048), ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
      ['P-256', ec('P-256'), ['ES256']],
      ['P-384', ec('P-384'), ['ES384']],
      ['P-521', ec('P-521'), ['ES512']],
      ['secp256k1', ec('secp256k1'), []],
      ['Ed25519', pem, ['EdDSA']],
      ['Ed448', publicPem(generateKeyPairSync('ed448')), []],
    ])('takes a key of the kind %s with one of its algorithms only', (_kind, key, fitting) => {
      for (const algorithm of JWT_ALGORITHMS) {
        if (fitting.includes(algorithm)) expect(loading(key, algorithm)()).toBe('jwt');
        else expect(loading(key, algorithm)).toThrow('JWT_PUBLIC_KEY: fits none of JWT_ALGORITHMS');
      }
      if (fitting.length > 0) expect(loading(key, JWT_ALGORITHMS.join())()).toBe('jwt');
    });

    it('refuses an RSA key of fewer than 2048 bits', () => {
      expect(loading(rsa(2040), 'RS256')).toThrow('JWT_PUBLIC_KEY: must have at least 2048 bits');
      expect(loading(rsa(2048), 'PS512')()).toBe('jwt');
    });

    it.each(['none', 'HS256', 'RS256,HS512', ','])('refuses the algorithms %p', (algorithms) => {
      expect(namesOf({ ...said, JWT_JWKS_URL: 'https://id.example', JWT_ALGORITHMS: algorithms })).toEqual([
        'JWT_ALGORITHMS',
      ]);
    });

    it('takes keys over an open connection from this machine only', () => {
      expect(namesOf({ ...said, JWT_JWKS_URL: 'http://id.example/jwks' })).toEqual(['JWT_JWKS_URL']);
      for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080'])
        expect(loadConfig({ ...said, JWT_JWKS_URL: `http://${host}/jwks` }).auth.mode).toBe('jwt');
    });
  });

  it('bounds what callers may ask for where they say who they are, unless told otherwise', () => {
    const withKeys: Environment = { AUTH_MODE: 'api-key', API_KEY_PEPPER: 'p'.repeat(16) };
    expect(loadConfig(withKeys).limits).toEqual({
      ordersPerKey: 600,
      ordersPerAddress: 3_000,
      readsPerKey: 6_000,
      readsPerAddress: 30_000,
      failedAuthPerAddress: 300,
      replicas: 1,
    });
    expect(loadConfig({ ...withKeys, RATE_ORDERS_PER_KEY: '0' }).limits.ordersPerKey).toBe(0);
    expect(loadConfig({ RATE_READS_PER_ADDRESS: '5', RATE_REPLICAS: '3' }).limits).toMatchObject({
      readsPerAddress: 5,
      replicas: 3,
    });
  });

  it('believes proxies at the addresses and networks that are listed, and nothing else', () => {
    const { auth } = loadConfig({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
    expect(auth.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(namesOf({ TRUSTED_PROXIES: 'proxy.example' })).toEqual(['TRUSTED_PROXIES']);
    expect(namesOf({ TRUSTED_PROXIES: '10.0.0.0/33' })).toEqual(['TRUSTED_PROXIES']);
  });

  describe('CHAIN=solana', () => {
    const solana: Environment = {
      CHAIN: 'solana',
      SOLANA_CLUSTER: 'devnet',
      SOLANA_RPC_URL: 'https://a.example/?api-key=k, http://b.example:8899',
      SIGNER_KEYPAIR_PATH: '/keys/wallet.json',
    };

    it('trades with the endpoints, cluster and wallet that are named', () => {
      expect(loadConfig(solana)).toMatchObject({
        chain: 'solana',
        execution: 'live',
        solana: {
          rpcUrls: ['https://a.example/?api-key=k', 'http://b.example:8899'],
          wsUrl: 'wss://a.example/?api-key=k',
          cluster: 'devnet',
          signerKeypairPath: '/keys/wallet.json',
        },
      });
    });

    it.each([
      ['http://a.example:8899', 'ws://a.example:8900/'],
      ['https://a.example:8899/key?a=b', 'wss://a.example:8900/key?a=b'],
      ['https://a.example:443', 'wss://a.example/'],
      ['http://user:p%40ss@[::1]:65534', 'ws://user:p%40ss@[::1]:65535/'],
      ['http://a.example:65535,http://b.example', 'ws://a.example:65535/'],
    ])('subscribes beside the first endpoint of %s', (rpcUrls, wsUrl) => {
      expect(loadConfig({ ...solana, SOLANA_RPC_URL: rpcUrls }).solana?.wsUrl).toBe(wsUrl);
    });

    it('subscribes where it is told to', () => {
      expect(loadConfig({ ...solana, SOLANA_WS_URL: 'wss://c.example/k' }).solana?.wsUrl).toBe('wss://c.example/k');
      expect(namesOf({ ...solana, SOLANA_WS_URL: 'https://c.example' })).toEqual(['SOLANA_WS_URL']);
    });

    it('needs to be told where and with what', () => {
      const { SOLANA_RPC_URL, SIGNER_KEYPAIR_PATH, ...rest } = solana;
      expect(namesOf(rest).sort()).toEqual(['SIGNER_KEYPAIR_PATH', 'SOLANA_RPC_URL']);
      expect(namesOf({ ...rest, SIGNER_KEYPAIR_PATH })).toEqual(['SOLANA_RPC_URL']);
      expect(namesOf({ ...rest, SOLANA_RPC_URL })).toEqual(['SIGNER_KEYPAIR_PATH']);
    });

    it('takes nothing for granted on mainnet-beta, which is the default cluster', () => {
      const mainnet = { ...solana, SOLANA_CLUSTER: '' };
      expect(namesOf(mainnet).sort()).toEqual(['EXECUTION', 'MAX_ORDER_QUOTE']);
      expect(namesOf({ ...mainnet, EXECUTION: 'live' })).toEqual(['MAX_ORDER_QUOTE']);
      expect(loadConfig({ ...mainnet, EXECUTION: 'simulate' }).solana?.cluster).toBe('mainnet-beta');
      expect(loadConfig({ ...mainnet, EXECUTION: 'live', MAX_ORDER_QUOTE: '100' }).execution).toBe('live');
    });

    it.each([',', 'ws://a.example', 'https://a.example,b.example'])('has URLs of HTTP endpoints, not %s', (list) => {
      expect(namesOf({ ...solana, SOLANA_RPC_URL: list })).toEqual(['SOLANA_RPC_URL']);
    });

    it('names each endpoint once: one node that agrees with itself is no second one', () => {
      const twice = { ...solana, SOLANA_RPC_URL: 'https://a.example,https://b.example,https://A.example/' };
      expect(faultsOf(twice)).toEqual([
        { name: 'SOLANA_RPC_URL', rule: expect.stringContaining('each endpoint once') },
      ]);
    });

    it('without authentication serves the loopback address, or simulates', () => {
      const exposed = { ...solana, HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' };
      expect(namesOf(exposed)).toEqual(['AUTH_MODE']);
      expect(loadConfig({ ...exposed, EXECUTION: 'simulate' }).host).toBe('0.0.0.0');
      expect(loadConfig(solana).host).toBe('127.0.0.1');
    });
  });

  it('keeps the default slippage within the largest one', () => {
    expect(namesOf({ DEFAULT_SLIPPAGE_BPS: '501' })).toEqual(['DEFAULT_SLIPPAGE_BPS']);
    expect(loadConfig({ DEFAULT_SLIPPAGE_BPS: '500' }).order.defaultSlippageBps).toBe(500);
    expect(namesOf({ MAX_SLIPPAGE_BPS: '49' })).toEqual(['DEFAULT_SLIPPAGE_BPS']);
  });

  describe('LOOKUP_TABLES', () => {
    it('are a comma list of addresses', () => {
      const [a, b] = [DEFAULT_TOKENS[0]!.mint, DEFAULT_TOKENS[1]!.mint];
      expect(loadConfig({ LOOKUP_TABLES: `${a}, ${b}` }).lookupTables).toEqual([a, b]);
      expect(namesOf({ LOOKUP_TABLES: `${a},x` })).toEqual(['LOOKUP_TABLES']);
    });
  });

  describe('TOKENS_FILE', () => {
    const token = { symbol: 'NEW', mint: MINT, decimals: 6, tokenProgram: TOKEN_PROGRAM };
    const withTokens = (content: string): Environment => ({ TOKENS_FILE: file('tokens.json', content) });

    it('adds tokens to the listed ones', () => {
      const { tokens } = loadConfig(withTokens(JSON.stringify([token])));
      expect(tokens.tokens).toEqual([...DEFAULT_TOKENS, token]);
    });

    it.each([
      ['is absent', undefined, 'cannot be read (ENOENT)'],
      ['is not JSON', `[{ ${CANARY}`, 'is not JSON'],
      ['is no list', JSON.stringify({ [CANARY]: 1 }), 'breaks its shape at the top'],
      ['has a bad mint', JSON.stringify([{ ...token, mint: CANARY }]), 'breaks its shape at 0.mint'],
      ['has too many decimals', JSON.stringify([token, { ...token, decimals: 19 }]), 'breaks its shape at 1.decimals'],
      [
        'has an unknown program',
        JSON.stringify([{ ...token, tokenProgram: MINT }]),
        'breaks its shape at 0.tokenProgram',
      ],
    ])('is refused when it %s, without its content', (_, content, rule) => {
      const env = content === undefined ? { TOKENS_FILE: join(folder, CANARY) } : withTokens(content);
      expect(faultsOf(env)).toEqual([{ name: 'TOKENS_FILE', rule }]);
    });

    it('is refused when it names a listed symbol or mint again', () => {
      const listed = DEFAULT_TOKENS[0]!;
      expect(namesOf(withTokens(JSON.stringify([{ ...token, symbol: listed.symbol }])))).toEqual(['TOKENS_FILE']);
      expect(namesOf(withTokens(JSON.stringify([{ ...token, mint: listed.mint }])))).toEqual(['TOKENS_FILE']);
    });
  });

  describe('POOLS_FILE', () => {
    const withPools = (content: unknown): Environment => ({ POOLS_FILE: file('pools.json', JSON.stringify(content)) });

    it('is a list of addresses, each counted once; without it pools are found on the ledger', () => {
      expect(loadConfig(withPools([MINT, MINT])).pools).toEqual([MINT]);
      expect(loadConfig({}).pools).toBeUndefined();
    });

    it.each([
      ['is no list', { [CANARY]: MINT }, 'breaks its shape at the top'],
      ['is empty', [], 'breaks its shape at the top'],
      ['has a bad address', [MINT, CANARY], 'breaks its shape at 1'],
      ['has more than addresses', [{ address: MINT }], 'breaks its shape at 0'],
    ])('is refused when it %s, without its content', (_, content, rule) => {
      expect(faultsOf(withPools(content))).toEqual([{ name: 'POOLS_FILE', rule }]);
    });

    it('is refused when it is absent or not JSON, without its content', () => {
      expect(faultsOf({ POOLS_FILE: join(folder, CANARY) })).toEqual([
        { name: 'POOLS_FILE', rule: 'cannot be read (ENOENT)' },
      ]);
      expect(faultsOf({ POOLS_FILE: file('pools.json', `[${CANARY}`) })).toEqual([
        { name: 'POOLS_FILE', rule: 'is not JSON' },
      ]);
    });
  });
});
