import type { Address } from '../../kernel/address.js';
import type { KeyEnvironment } from '../auth/api-keys/api-key.js';
import type { JwtSettings } from '../auth/jwt/jwt-settings.js';
import type { TokenList } from '../../kernel/tokens/token-list.js';

export type Role = 'api' | 'worker';
export type Cluster = 'mainnet-beta' | 'devnet' | 'testnet' | 'custom';

/** The whole configuration, checked and typed. Made once at start by `loadConfig`; injected by this class. */
export abstract class Config {
  abstract readonly environment: 'development' | 'production' | 'test';
  abstract readonly logLevel: string;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly roles: readonly Role[];
  abstract readonly shutdownTimeoutMs: number;

  abstract readonly database: { readonly kind: 'embedded' } | { readonly kind: 'external'; readonly url: string };
  abstract readonly migrationDatabaseUrl: string | undefined;
  abstract readonly redisUrl: string | undefined;
  /** Absolute. */
  abstract readonly dataDir: string;

  abstract readonly auth: {
    readonly mode: 'none' | 'api-key' | 'jwt';
    /** Lower-case host names without port; they count under mode `none`. */
    readonly allowedHosts: readonly string[];
    readonly allowedOrigins: readonly string[];
    /** Addresses and networks whose `x-forwarded-for` is believed. */
    readonly trustedProxies: readonly string[];
    /** Given wherever keys are checked. */
    readonly apiKeyPepper: string | undefined;
    /** Given under mode `jwt` wherever tokens are checked. */
    readonly jwt: JwtSettings | undefined;
    /** Which keys are made here, and taken. */
    readonly keyEnvironment: KeyEnvironment;
  };

  /** Open WebSockets at most, in one process. */
  abstract readonly stream: { readonly maxPerUser: number; readonly maxPerAddress: number };

  /** Of a minute; 0: no limit. */
  abstract readonly limits: {
    readonly ordersPerKey: number;
    readonly ordersPerAddress: number;
    readonly readsPerKey: number;
    readonly readsPerAddress: number;
    readonly failedAuthPerAddress: number;
    /** Processes that share the limits while their store is away. */
    readonly replicas: number;
  };

  abstract readonly chain: 'paper' | 'solana';
  abstract readonly execution: 'live' | 'simulate';
  /** With `chain` solana only. */
  abstract readonly solana:
    | {
        /** At least one, the preferred one first. They may hold credentials: not for logs. */
        readonly rpcUrls: readonly string[];
        /** Where signatures are subscribed to. It may hold credentials, too. */
        readonly wsUrl: string;
        readonly cluster: Cluster;
        readonly signerKeypairPath: string;
      }
    | undefined;
  abstract readonly paper: { readonly latencyMs: number; readonly seed: number };
  /** Which of Raydium AMM v4's swap instructions is sent. */
  abstract readonly raydiumAmmV4Swap: 'v1' | 'v2';
  abstract readonly tokens: TokenList;
  /** The only pools traded on; undefined: those that are found on the ledger. */
  abstract readonly pools: readonly Address[] | undefined;
  /** Existing address lookup tables that long transactions may use. */
  abstract readonly lookupTables: readonly Address[];

  abstract readonly order: {
    readonly concurrency: number;
    /** 0: no limit. */
    readonly rateMax: number;
    readonly rateWindowMs: number;
    readonly maxAttempts: number;
    readonly backoffMs: number;
    readonly deadlineMs: number;
    readonly completionCommitment: 'confirmed' | 'finalized';
    readonly defaultSlippageBps: number;
    readonly maxSlippageBps: number;
    readonly maxPriceImpactBps: number;
    readonly maxQuoteAgeSlots: number;
    readonly maxPriorityFeeLamports: number;
    /** Of what others paid of late: 0 to 100. */
    readonly priorityFeePercentile: number;
    /** Orders in a row that fail on the chain before trading halts; 0: never. */
    readonly haltAfterFailedSwaps: number;
    /** Largest order in quote units, a decimal string. */
    readonly maxQuote: string | undefined;
  };

  /** What the operator does not allow; undefined: no limit. US dollars in millionths. */
  abstract readonly risk: {
    readonly allowedMints: ReadonlySet<string> | undefined;
    readonly maxOrderUsdMicros: bigint | undefined;
    /** Of one user. */
    readonly maxDailyUsdMicros: bigint | undefined;
    readonly maxDailyTotalUsdMicros: bigint | undefined;
    /** Of one user. */
    readonly maxOpenOrders: number | undefined;
    readonly maxVenueDeviationBps: number | undefined;
  };
}
