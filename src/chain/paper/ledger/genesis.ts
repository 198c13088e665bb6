import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Address, addressFromBytes } from '../../../kernel/address.js';
import { privateKeyOf } from '../../ed25519.js';
import { TARGET_SLOT_MS } from '../../slots.js';
import type { PaperMarket } from '../paper-market.js';

/** Any number that other programs are unlikely to use; all engines must agree on it. */
const LOCK_KEY = 7_023_114_903;

export interface PaperChainSettings {
  /** Slot time; 0: transactions land and are final at once. */
  readonly latencyMs: number;
  /** Seed of the market, for the first start; a ledger keeps the one it was made with. */
  readonly seed: bigint;
}

export interface Genesis {
  readonly genesisHash: string;
  readonly seed: bigint;
  readonly wallet: Address;
  readonly walletKey: KeyObject;
}

/**
 * Opens the ledger, making it first where there is none, and sets its slot time. Several processes may do so at once; the last
 * one's slot time counts for all.
 */
export async function openGenesis(
  dataSource: DataSource,
  market: PaperMarket,
  settings: PaperChainSettings,
): Promise<Genesis> {
  return dataSource.transaction(async (manager) => {
    const query = <T>(sql: string, values: unknown[] = []) => manager.query<T>(sql, values);
    await query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    // Time passes also while transactions land at once.
    const slotMs = settings.latencyMs === 0 ? TARGET_SLOT_MS : settings.latencyMs;
    const isInstant = settings.latencyMs === 0;
    const [present] = await query<{ count: string }[]>('select count(*) as count from paper.chain');
    if (present?.count === '0') await createLedger(query, market, settings.seed, { slotMs, isInstant });
    else await changePace(query, { slotMs, isInstant });
    const [row] = await query<{ genesis_hash: string; seed: string; wallet_secret: Uint8Array }[]>(
      'select genesis_hash, seed, wallet_secret from paper.chain',
    );
    if (row === undefined) throw new Error('The paper chain has no genesis.');
    return {
      genesisHash: row.genesis_hash,
      seed: BigInt(row.seed),
      wallet: addressFromBytes(row.wallet_secret, 32),
      walletKey: privateKeyOf(row.wallet_secret),
    };
  });
}

type Query = <T>(sql: string, values?: unknown[]) => Promise<T>;
interface Pace {
  readonly slotMs: number;
  readonly isInstant: boolean;
}

async function createLedger(query: Query, market: PaperMarket, seed: bigint, pace: Pace): Promise<void> {
  const secret = newWalletSecret();
  await query(
    `insert into paper.chain (genesis_hash, seed, wallet_secret, version, slot, anchor_slot, anchor_ms, slot_ms, is_instant)
     values ($1, $2, $3, 1, 0, 0, (extract(epoch from clock_timestamp()) * 1000)::bigint, $4, $5)`,
    [addressFromBytes(randomBytes(32)), seed.toString(), secret, pace.slotMs, pace.isInstant],
  );
  const accounts = market.genesis(addressFromBytes(secret, 32), seed);
  await query(
    `insert into paper.accounts (address, owner, lamports, data, slot, version)
     select *, 0, 1 from unnest($1::text[], $2::text[], $3::numeric[], $4::bytea[])`,
    [
      accounts.map(({ address }) => address),
      accounts.map(({ owner }) => owner),
      accounts.map(({ lamports }) => lamports.toString()),
      accounts.map(({ data }) => Buffer.from(data)),
    ],
  );
}

/** Another slot time starts from the present slot, so that slots never go back. The new version makes running batches start over. */
async function changePace(query: Query, pace: Pace): Promise<void> {
  await query(
    `update paper.chain
        set anchor_slot = greatest(slot, anchor_slot + greatest(now_ms - anchor_ms, 0) / slot_ms), anchor_ms = now_ms,
            slot_ms = $1, is_instant = $2, version = version + 1
       from (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms) as clock
      where slot_ms <> $1 or is_instant <> $2`,
    [pace.slotMs, pace.isInstant],
  );
}

/** The 32-byte seed and the 32-byte public key, as Solana's keypair files have them. */
function newWalletSecret(): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return Buffer.concat([
    privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32),
    publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
  ]);
}
