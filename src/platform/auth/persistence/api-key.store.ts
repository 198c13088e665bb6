import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { KeyEnvironment } from '../api-keys/api-key.js';
import type { Scope } from '../scopes.js';

/** A key as it is kept, without what could prove it. */
export interface StoredKey {
  readonly id: string;
  readonly environment: KeyEnvironment;
  readonly userId: string;
  readonly scopes: readonly Scope[];
  /** Where it may be used from; empty: anywhere. */
  readonly networks: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface HashedKey extends StoredKey {
  readonly hash: Buffer;
}

export type NewKey = Pick<HashedKey, 'id' | 'hash' | 'environment' | 'userId' | 'scopes' | 'networks' | 'expiresAt'>;

/** The keys that were given out. Expiry is by the database's clock. */
@Injectable()
export class ApiKeyStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Keeps a new key; false when its user has two that are still good. */
  async add(key: NewKey): Promise<boolean> {
    return this.dataSource.transaction(async (transaction) => {
      // Two that are made at once would choose the same slot.
      await transaction.query('lock table api_keys in share row exclusive mode');
      await transaction.query('update api_keys set slot = null where user_id = $1 and expires_at <= now()', [
        key.userId,
      ]);
      const rows = await transaction.query<unknown[]>(INSERT, [
        key.id,
        key.hash,
        key.environment,
        key.userId,
        key.scopes,
        key.networks,
        key.expiresAt,
      ]);
      return rows.length === 1;
    });
  }

  /** Oldest first; of everybody when no user is named. */
  async list(userId: string | null): Promise<StoredKey[]> {
    return this.dataSource.query<StoredKey[]>(
      `select ${COLUMNS} from api_keys where $1::text is null or user_id = $1 order by created_at, id`,
      [userId],
    );
  }

  /** Those of the keys that are neither revoked nor expired, in any order. */
  async findGood(ids: readonly string[]): Promise<HashedKey[]> {
    return this.dataSource.query<HashedKey[]>(
      `select ${COLUMNS}, hash from api_keys where id = any($1::text[]) and ${GOOD}`,
      [ids],
    );
  }

  /** Revokes a key for ever, once; null when there is no such key. */
  async revoke(id: string): Promise<StoredKey | null> {
    const [rows] = await this.dataSource.query<[StoredKey[], number]>(
      `update api_keys set revoked_at = coalesce(revoked_at, now()), slot = null where id = $1 returning ${COLUMNS}`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** Those of `ids` that are good no longer. */
  async endedAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select id from unnest($1::text[]) as given (id) where not exists (select from api_keys k where k.id = given.id and ${GOOD})`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async markUsed(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('update api_keys set last_used_at = now() where id = any($1::text[])', [ids]);
  }
}

const GOOD = 'revoked_at is null and (expires_at is null or expires_at > now())';

const COLUMNS = `id, environment, user_id as "userId", scopes, networks::text[] as networks, created_at as "createdAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`;

const INSERT = `
  insert into api_keys (id, hash, environment, user_id, scopes, networks, expires_at, slot)
  select $1, $2::bytea, $3, $4::text, $5::text[], $6::inet[], $7::timestamptz, free.slot
  from generate_series(1, 2) as free (slot)
  where not exists (select from api_keys taken where taken.user_id = $4::text and taken.slot = free.slot)
  order by free.slot limit 1
  returning id`;
