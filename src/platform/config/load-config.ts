import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Config } from './config.js';
import { ConfigError } from './config.errors.js';
import { jointFaults, tradesForReal } from './joint-rules.js';
import { jwtSettingsOf } from './jwt-variables.js';
import { readPools, readTokens } from './list-files.js';
import { type Environment, processEnvironment, readVariables } from './read-environment.js';
import { riskFaults, riskOf } from './risk-variables.js';
import type { Variables } from './variables.js';

/** Reads and checks the whole configuration. Throws `ConfigError` with every fault at once. */
export function loadConfig(env: Environment = processEnvironment()): Config {
  const { variables, faults } = readVariables(env);
  const tokens = readTokens(variables.TOKENS_FILE, faults);
  const pools = readPools(variables.POOLS_FILE, faults);
  faults.push(...jointFaults(variables));
  // Without the file, what it lists would be unknown too.
  if (!faults.some(({ name }) => name === 'TOKENS_FILE')) faults.push(...riskFaults(variables, tokens));
  if (faults.length > 0) throw new ConfigError(faults);
  const v = variables as Variables;
  return {
    environment: v.NODE_ENV,
    logLevel: v.LOG_LEVEL,
    host: v.HOST,
    port: v.PORT,
    roles: [...new Set(v.ROLES)],
    shutdownTimeoutMs: v.SHUTDOWN_TIMEOUT_MS,
    database: databaseOf(v),
    migrationDatabaseUrl: v.MIGRATION_DATABASE_URL,
    redisUrl: redisUrlOf(v),
    dataDir: resolve(v.DATA_DIR),
    auth: {
      mode: v.AUTH_MODE,
      allowedHosts: (v.ALLOWED_HOSTS ?? [v.HOST, 'localhost']).map((host) => host.toLowerCase()),
      allowedOrigins: v.ALLOWED_ORIGINS,
      trustedProxies: v.TRUSTED_PROXIES,
      apiKeyPepper: v.API_KEY_PEPPER,
      jwt: jwtSettingsOf(v),
      keyEnvironment: tradesForReal(v) ? 'live' : 'test',
    },
    ...boundsOf(v),
    chain: v.CHAIN,
    execution: v.EXECUTION ?? 'live',
    solana: solanaOf(v),
    paper: { latencyMs: v.PAPER_LATENCY_MS, seed: v.PAPER_SEED },
    raydiumAmmV4Swap: v.RAYDIUM_AMM_V4_SWAP,
    tokens,
    pools,
    lookupTables: v.LOOKUP_TABLES,
    order: {
      concurrency: v.ORDER_CONCURRENCY,
      rateMax: v.ORDER_RATE_MAX,
      rateWindowMs: v.ORDER_RATE_WINDOW_MS,
      maxAttempts: v.ORDER_ATTEMPTS,
      backoffMs: v.ORDER_BACKOFF_MS,
      deadlineMs: v.ORDER_DEADLINE_MS,
      completionCommitment: v.COMPLETION_COMMITMENT,
      defaultSlippageBps: v.DEFAULT_SLIPPAGE_BPS,
      maxSlippageBps: v.MAX_SLIPPAGE_BPS,
      maxPriceImpactBps: v.MAX_PRICE_IMPACT_BPS,
      maxQuoteAgeSlots: v.MAX_QUOTE_AGE_SLOTS,
      maxPriorityFeeLamports: v.MAX_PRIORITY_FEE_LAMPORTS,
      priorityFeePercentile: v.PRIORITY_FEE_PERCENTILE,
      haltAfterFailedSwaps: v.HALT_AFTER_FAILED_SWAPS,
      maxQuote: v.MAX_ORDER_QUOTE,
    },
    risk: riskOf(v, tokens),
  };
}

/** Where nobody has to say who they are, and all come from this machine, there is nobody to be kept apart. */
function boundsOf(v: Variables): Pick<Config, 'stream' | 'limits'> {
  const open = v.AUTH_MODE === 'none';
  const rate = (given: number | undefined, usual: number) => given ?? (open ? 0 : usual);
  return {
    stream: {
      maxPerUser: v.STREAM_MAX_PER_USER,
      maxPerAddress: v.STREAM_MAX_PER_ADDRESS ?? (open ? Number.POSITIVE_INFINITY : 2_500),
    },
    limits: {
      ordersPerKey: rate(v.RATE_ORDERS_PER_KEY, 600),
      ordersPerAddress: rate(v.RATE_ORDERS_PER_ADDRESS, 3_000),
      readsPerKey: rate(v.RATE_READS_PER_KEY, 6_000),
      readsPerAddress: rate(v.RATE_READS_PER_ADDRESS, 30_000),
      failedAuthPerAddress: rate(v.RATE_FAILED_AUTH_PER_ADDRESS, 300),
      replicas: v.RATE_REPLICAS,
    },
  };
}

function solanaOf(v: Variables): Config['solana'] {
  if (v.CHAIN !== 'solana') return undefined;
  const rpcUrls = v.SOLANA_RPC_URL ?? [];
  return {
    rpcUrls,
    wsUrl: v.SOLANA_WS_URL ?? subscriptionUrlOf(rpcUrls[0] ?? ''),
    cluster: v.SOLANA_CLUSTER,
    signerKeypairPath: v.SIGNER_KEYPAIR_PATH ?? '',
  };
}

/** Where nodes serve subscriptions: beside the RPC, or on the next port when that has one of its own. Path and query may hold the key. */
function subscriptionUrlOf(rpcUrl: string): string {
  const url = new URL(rpcUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  // No port follows the last one; then it stays.
  if (url.port !== '') url.port = String(Math.min(Number(url.port) + 1, 65_535));
  return url.href;
}

function databaseOf(v: Variables): Config['database'] {
  if (v.DATABASE_URL !== undefined) return { kind: 'external', url: v.DATABASE_URL };
  if (v.DB_HOST === undefined) return { kind: 'embedded' };
  const user = encodeURIComponent(v.DB_USER);
  const password = v.DB_PASSWORD === undefined ? '' : `:${encodeURIComponent(v.DB_PASSWORD)}`;
  const host = bracketed(v.DB_HOST);
  return {
    kind: 'external',
    url: `postgresql://${user}${password}@${host}:${v.DB_PORT}/${encodeURIComponent(v.DB_NAME)}`,
  };
}

function redisUrlOf(v: Variables): string | undefined {
  if (v.REDIS_URL !== undefined || v.REDIS_HOST === undefined) return v.REDIS_URL;
  const password = v.REDIS_PASSWORD === undefined ? '' : `:${encodeURIComponent(v.REDIS_PASSWORD)}@`;
  return `redis://${password}${bracketed(v.REDIS_HOST)}:${v.REDIS_PORT}`;
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
