import { isIP } from 'node:net';
import { z } from 'zod';
import { type Address, asAddress } from '../../kernel/address.js';
import { JWT_ALGORITHMS } from '../auth/jwt/jwt-settings.js';
import { isLoopback, isNetwork } from '../http/address-list.js';
import { isSslModeKnown, SSL_MODES, withLibpqSslMode } from './postgres-url.js';

/** One environment variable: its rule, what it means, and whether its value may be shown. */
export interface Variable<T> {
  readonly rule: z.ZodType<T, string | undefined>;
  readonly about: string;
  /** Secrets may also come as `<NAME>_FILE`, and their values are never printed. */
  readonly secret: boolean;
  /** As written in `.env.example`; absent for variables without a default. */
  readonly defaultText?: string;
}

type TextRule<T> = z.ZodType<T, string>;

function optional<T>(rule: TextRule<T>, about: string, { secret = false } = {}): Variable<T | undefined> {
  return { rule: rule.optional(), about, secret };
}

function withDefault<T>(rule: TextRule<T>, defaultText: string, about: string): Variable<T> {
  return { rule: z.string().default(defaultText).pipe(rule), about, secret: false, defaultText };
}

const text = z.string();

const integer = (min: number, max: number): TextRule<number> =>
  text
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const choice = <const T extends readonly [string, ...string[]]>(...values: T): TextRule<T[number]> =>
  z.enum(values, `must be one of ${values.join(', ')}`);

const flag = choice('true', 'false').transform((value) => value === 'true') as TextRule<boolean>;

const list = text.transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const addresses = list.pipe(
  z
    .array(z.string().transform(asAddress))
    .refine((found) => found.every((each) => each !== null), 'must be a comma list of addresses'),
) as TextRule<Address[]>;

const url = (...protocols: string[]): TextRule<string> =>
  text.refine(
    (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
    `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );

const postgresUrl: TextRule<string> = url('postgres:', 'postgresql:').pipe(
  text
    .refine(isSslModeKnown, `must have one of ${SSL_MODES.join(', ')} as sslmode, and sslrootcert with verify-ca`)
    .transform(withLibpqSslMode),
);

/** Keys that come over an open network could be anybody's. */
function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')));
}

const algorithmRule = `must be a comma list of ${JWT_ALGORITHMS.join(', ')}`;

const urls = (...protocols: string[]): TextRule<string[]> =>
  list.refine(
    (values) =>
      values.length > 0 && values.every((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol)),
    `must be a comma list of URLs that start with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );

/** What two nodes agree on counts for more than what one says twice. */
const distinctUrls = (...protocols: string[]): TextRule<string[]> =>
  urls(...protocols).refine(
    (values) =>
      new Set(values.map((value) => (URL.canParse(value) ? new URL(value).href : value))).size === values.length,
    'must name each endpoint once',
  );

const decimal = text.regex(/^(?:0|[1-9]\d{0,18})(?:\.\d{1,9})?$/, 'must be a plain decimal number such as 1000 or 0.5');

const usd = text.regex(
  /^(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?$/,
  'must be US dollars as a plain number, such as 1000 or 0.5',
);

const limit = integer(0, 10_000_000);
const limitDefault = (value: number): string => `0: no limit; default: ${value}, under AUTH_MODE=none no limit`;

const hosts = list.refine(
  (values) => values.every((value) => isIP(value) !== 0 || /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/i.test(value)),
  'must be a comma list of host names without ports',
);

/** As browsers send them: a page of any other notation would be refused without a word. */
const origins = list.refine(
  (values) => values.every((value) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(value)),
  'must be a comma list of origins such as https://app.example, without a path',
);

const roles = list.pipe(
  z
    .array(z.enum(['api', 'worker'], 'must be a comma list of api and worker'))
    .nonempty('must name at least one of api and worker'),
);

const DAY_MS = 86_400_000;

/** Every variable the engine reads, in the order of `.env.example`. */
export const VARIABLES = {
  NODE_ENV: withDefault(
    choice('development', 'production', 'test'),
    'development',
    'production refuses insecure settings and logs JSON',
  ),
  HOST: withDefault(text.min(1), '127.0.0.1', 'address to listen on'),
  PORT: withDefault(integer(0, 65_535), '3000', 'port to listen on; 0 picks a free one and prints it'),
  ROLES: withDefault(roles, 'api,worker', 'which halves this process runs: api, worker or both'),

  DATABASE_URL: optional(
    postgresUrl,
    'PostgreSQL 14 or newer; without it (and without DB_HOST) an embedded PostgreSQL runs under DATA_DIR',
    { secret: true },
  ),
  DB_HOST: optional(text.min(1), 'PostgreSQL in parts, instead of DATABASE_URL'),
  DB_PORT: withDefault(integer(1, 65_535), '5432', 'PostgreSQL port'),
  DB_USER: withDefault(text.min(1), 'postgres', 'PostgreSQL user'),
  DB_PASSWORD: optional(text, 'PostgreSQL password', { secret: true }),
  DB_NAME: withDefault(text.min(1), 'order_execution_engine', 'PostgreSQL database'),
  MIGRATION_DATABASE_URL: optional(postgresUrl, 'the same database, as the role that migrates it', {
    secret: true,
  }),

  REDIS_URL: optional(
    url('redis:', 'rediss:'),
    'Redis 6.2+, Valkey or Dragonfly for the queue and the event bus; without it both run on PostgreSQL',
    { secret: true },
  ),
  REDIS_HOST: optional(text.min(1), 'Redis in parts, instead of REDIS_URL'),
  REDIS_PORT: withDefault(integer(1, 65_535), '6379', 'Redis port'),
  REDIS_PASSWORD: optional(text, 'Redis password', { secret: true }),

  DATA_DIR: withDefault(text.min(1), '.data', 'folder of the embedded database'),

  AUTH_MODE: withDefault(choice('none', 'api-key', 'jwt'), 'none', 'how callers say who they are'),
  API_KEY_PEPPER: optional(
    text.min(16, 'must have at least 16 characters'),
    'secret under which API keys are stored hashed; a new one makes every key useless',
    { secret: true },
  ),
  JWT_JWKS_URL: optional(
    text.refine(isSafeUrl, 'must be a URL that starts with https://, or http:// on this machine'),
    'where the public keys of the issuer of tokens are, for AUTH_MODE=jwt',
  ),
  JWT_PUBLIC_KEY: optional(text, 'or its one public key, as PEM', { secret: true }),
  JWT_ALGORITHMS: withDefault(
    list.pipe(z.array(z.enum(JWT_ALGORITHMS, algorithmRule)).nonempty(algorithmRule)),
    'RS256',
    'signatures that are taken, whatever a token says',
  ),
  JWT_ISSUER: optional(text.min(1), 'claim iss of every token'),
  JWT_AUDIENCE: optional(text.min(1), 'what claim aud of every token must name'),
  JWT_SCOPE_CLAIM: withDefault(text.min(1), 'scope', 'claim with the scopes, as a list or as words'),
  TRUSTED_PROXIES: withDefault(
    list.refine((networks) => networks.every(isNetwork), 'must be a comma list of IP addresses and networks'),
    '',
    'addresses and networks of proxies whose x-forwarded-for is believed',
  ),
  ALLOW_UNAUTHENTICATED: withDefault(
    flag,
    'false',
    'serve AUTH_MODE=none beyond the loopback address; only where nothing real can be traded',
  ),
  ALLOWED_HOSTS: optional(
    hosts,
    'Host names served under AUTH_MODE=none; default: the listening address and localhost',
  ),
  ALLOWED_ORIGINS: withDefault(origins, '', 'browser origins served, besides the server itself'),

  STREAM_MAX_PER_USER: withDefault(integer(1, 10_000), '2500', 'WebSockets that one user may have open per process'),
  STREAM_MAX_PER_ADDRESS: optional(
    integer(1, 10_000),
    'WebSockets that one IP address may have open per process; default: 2500, under AUTH_MODE=none no limit',
  ),

  RATE_ORDERS_PER_KEY: optional(limit, `placed and cancelled orders a minute per key; ${limitDefault(600)}`),
  RATE_ORDERS_PER_ADDRESS: optional(limit, `the same per IP address; ${limitDefault(3_000)}`),
  RATE_READS_PER_KEY: optional(limit, `other requests a minute per key; ${limitDefault(6_000)}`),
  RATE_READS_PER_ADDRESS: optional(limit, `the same per IP address; ${limitDefault(30_000)}`),
  RATE_FAILED_AUTH_PER_ADDRESS: optional(limit, `bad credentials a minute per IP address; ${limitDefault(300)}`),
  RATE_REPLICAS: withDefault(integer(1, 1000), '1', 'processes that share the limits while their store is away'),

  CHAIN: withDefault(choice('paper', 'solana'), 'paper', 'the ledger: the built-in paper chain or Solana'),
  SOLANA_RPC_URL: optional(
    distinctUrls('http:', 'https:'),
    'one or more RPC endpoints, comma separated, first is preferred; needed for CHAIN=solana',
    { secret: true },
  ),
  SOLANA_WS_URL: optional(
    url('ws:', 'wss:'),
    'subscription endpoint; default: the first RPC endpoint over ws or wss, an explicit port plus one',
    { secret: true },
  ),
  SOLANA_CLUSTER: withDefault(
    choice('mainnet-beta', 'devnet', 'testnet', 'custom'),
    'mainnet-beta',
    'checked against the genesis hash',
  ),
  EXECUTION: optional(
    choice('live', 'simulate'),
    'live (default) or simulate: ends every order by simulation; must be said for mainnet-beta',
  ),
  RAYDIUM_AMM_V4_SWAP: withDefault(
    choice('v1', 'v2'),
    'v1',
    'swap instruction of Raydium AMM v4: v1 (every build takes it) or v2 (8 accounts)',
  ),
  SIGNER_KEYPAIR_PATH: optional(
    text.min(1),
    'Solana CLI keypair file of the trading wallet, readable by the engine only; needed for CHAIN=solana',
  ),
  TOKENS_FILE: optional(text.min(1), 'JSON list of more tokens: [{ "symbol", "mint", "decimals", "tokenProgram" }]'),
  LOOKUP_TABLES: withDefault(addresses, '', 'existing address lookup tables that long transactions may use'),
  POOLS_FILE: optional(
    text.min(1),
    'JSON list of the addresses of pools, to trade on these only instead of all that are found',
  ),

  ORDER_CONCURRENCY: withDefault(integer(1, 1000), '10', 'orders routed, built and first sent at once per worker'),
  ORDER_RATE_MAX: withDefault(
    integer(0, 1_000_000),
    '100',
    'executions started per window over all workers; 0: no limit',
  ),
  ORDER_RATE_WINDOW_MS: withDefault(integer(100, DAY_MS), '60000', 'length of that window'),
  ORDER_ATTEMPTS: withDefault(integer(1, 20), '3', 'signed attempts per order'),
  ORDER_BACKOFF_MS: withDefault(integer(1, 600_000), '1000', 'base of the exponential backoff with jitter'),
  ORDER_DEADLINE_MS: withDefault(integer(1000, DAY_MS), '600000', 'from acceptance; after it no new attempt is signed'),
  COMPLETION_COMMITMENT: withDefault(
    choice('confirmed', 'finalized'),
    'finalized',
    'when a landed swap completes its order',
  ),
  DEFAULT_SLIPPAGE_BPS: withDefault(integer(0, 10_000), '50', 'slippage of orders that name none'),
  MAX_SLIPPAGE_BPS: withDefault(integer(0, 10_000), '500', 'largest slippage an order may ask for'),
  MAX_PRICE_IMPACT_BPS: withDefault(integer(0, 10_000), '1000', 'orders that would move the price further fail'),
  MAX_QUOTE_AGE_SLOTS: withDefault(integer(0, 1000), '5', 'an older quote is refreshed before signing'),
  MAX_PRIORITY_FEE_LAMPORTS: withDefault(integer(0, 1_000_000_000), '1000000', 'cap of the priority fee per attempt'),
  PRIORITY_FEE_PERCENTILE: withDefault(integer(0, 100), '75', 'priority fee among those that others paid of late'),
  HALT_AFTER_FAILED_SWAPS: withDefault(
    integer(0, 1000),
    '5',
    'orders in a row that fail on the chain, the price aside, before trading halts; 0: never',
  ),
  MAX_ORDER_QUOTE: optional(decimal, 'largest order in quote units; required for live execution on mainnet-beta'),

  RISK_ALLOWED_TOKENS: optional(
    list,
    'the only tokens that may be traded, by symbol or mint; default: every listed one',
  ),
  RISK_MAX_ORDER_USD: optional(
    usd,
    'largest order, by its USDC or USDT side, else by a quote; what no pool sells for USDC or USDT is refused',
  ),
  RISK_MAX_DAILY_USD: optional(usd, 'what one user may trade on a day (UTC), counted the same way'),
  RISK_MAX_DAILY_USD_TOTAL: optional(usd, 'what all users together may trade on a day'),
  RISK_MAX_OPEN_ORDERS: optional(integer(1, 1_000_000), 'unfinished orders that one user may have'),
  RISK_MAX_VENUE_DEVIATION_BPS: optional(
    integer(0, 10_000),
    'how far the best quote may be from that of the other venue; orders further off fail',
  ),

  SHUTDOWN_TIMEOUT_MS: withDefault(integer(1000, 600_000), '25000', 'longest a clean shutdown may take'),
  PAPER_LATENCY_MS: withDefault(
    integer(0, 60_000),
    '400',
    'slot time of the paper chain; 0 lands and finalizes at once',
  ),
  PAPER_SEED: withDefault(integer(0, 4_294_967_295), '1', 'seed of the paper market'),
  LOG_LEVEL: withDefault(
    choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'least severe level logged',
  ),
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof VARIABLES;
export type Variables = { [N in VariableName]: (typeof VARIABLES)[N] extends Variable<infer T> ? T : never };
