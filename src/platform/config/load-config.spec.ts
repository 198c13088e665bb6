import { join, resolve } from 'node:path';
import { CANARY, configFolder, faultsOf, namesOf, refusal } from '../../../test/support/config-faults.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import { ConfigError } from './config.errors.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';
import { VARIABLES, type VariableName } from './variables.js';

describe('the configuration', () => {
  const { folder } = configFolder();

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
});
