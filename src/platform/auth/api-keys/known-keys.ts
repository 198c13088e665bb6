import type { Clock } from '../../../kernel/clock.js';
import { within } from '../../time/deadline.js';
import { AddressList } from '../../http/address-list.js';
import type { HashedKey } from '../persistence/api-key.store.js';

/** A revocation must show within 5 s even where its notice is lost, and on open sockets, which are looked at every 2 s. */
const FRESH_MS = 2_000;
/** A frozen database is answered with 503 within 3 s, and the handler has yet to run. */
const LOOK_TIMEOUT_MS = 2_000;
/** Keys in use at once, of which the one asked for longest ago is let go. */
const MAX_KEYS = 10_000;

/** How often keys in use should be renewed: before the table's word on them is too old. */
export const RENEW_EVERY_MS = FRESH_MS / 2;

/** A key that was good when the table was last asked. */
export interface KnownKey extends Pick<HashedKey, 'id' | 'hash' | 'userId' | 'scopes' | 'expiresAt' | 'environment'> {
  /** null: from anywhere. */
  readonly allowedFrom: AddressList | null;
  /** Blind digest of the text that `hash` was found to belong to: an HMAC makes more garbage than a request. */
  proven: string | null;
}

interface Entry {
  readonly askedAtMs: number;
  readonly key: Promise<KnownKey | null>;
  /** The same once it is there. */
  found: KnownKey | null;
  /** Whether it was used since the table was asked. */
  inUse: boolean;
}

export interface KeySource {
  /** Those of the keys that are good, in any order. */
  findGood(ids: readonly string[]): Promise<HashedKey[]>;
}

/** Remembers for a moment what the table says about a key, so that a busy client costs no query per request. */
export class KnownKeys {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
  ) {}

  /** The key when the table was asked for it a moment ago; null when it has to be asked (`find`). */
  current(id: string): KnownKey | null {
    const entry = this.entries.get(id);
    if (entry === undefined || !this.isFresh(entry)) return null;
    entry.inUse = true;
    return entry.found;
  }

  /** null: there is no such key, or it is good no longer. Requests that come together share one query. Throws what the source throws, or `Error` when it takes too long. */
  async find(id: string): Promise<KnownKey | null> {
    const known = this.entries.get(id);
    if (known !== undefined && this.isFresh(known)) return known.key;
    const entry: Entry = { askedAtMs: this.clock.monotonicMs(), key: this.readOne(id), found: null, inUse: true };
    this.put(id, entry);
    this.shrink();
    try {
      entry.found = await entry.key;
      // Ids that were never given out would push the others out.
      if (entry.found === null) this.drop(id, entry);
      return entry.found;
    } catch (error) {
      this.drop(id, entry);
      throw error;
    }
  }

  /**
   * Asks at once for all keys that were used since they were last asked for, so that no request has to wait for its own. Never rejects: what
   * can't be renewed grows old, and is asked for when it is next used.
   */
  async renew(): Promise<void> {
    const inUse = [...this.entries].filter(([, entry]) => entry.inUse && entry.found !== null);
    if (inUse.length === 0) return;
    const askedAtMs = this.clock.monotonicMs();
    const good = await this.read(inUse.map(([id]) => id)).catch(() => null);
    if (good === null) return;
    for (const [id, entry] of inUse) {
      // What was forgotten meanwhile may have been revoked after the table was read.
      if (this.entries.get(id) !== entry) continue;
      const found = good.get(id);
      if (found === undefined) this.entries.delete(id);
      else this.put(id, { askedAtMs, key: Promise.resolve(found), found: stillProven(found, entry), inUse: false });
    }
  }

  forget(id: string): void {
    this.entries.delete(id);
  }

  forgetAll(): void {
    this.entries.clear();
  }

  private isFresh({ askedAtMs }: Entry): boolean {
    return this.clock.monotonicMs() - askedAtMs < FRESH_MS;
  }

  private async readOne(id: string): Promise<KnownKey | null> {
    return (await this.read([id])).get(id) ?? null;
  }

  private async read(ids: readonly string[]): Promise<Map<string, KnownKey>> {
    const keys = await within(this.source.findGood(ids), LOOK_TIMEOUT_MS);
    return new Map(
      keys.map(({ networks, ...key }) => {
        const allowedFrom = networks.length === 0 ? null : new AddressList(networks);
        return [key.id, { ...key, proven: null, allowedFrom }];
      }),
    );
  }

  /** As the newest that was asked for. */
  private put(id: string, entry: Entry): void {
    this.entries.delete(id);
    this.entries.set(id, entry);
  }

  private drop(id: string, entry: Entry): void {
    if (this.entries.get(id) === entry) this.entries.delete(id);
  }

  private shrink(): void {
    const [oldest] = this.entries.keys();
    if (this.entries.size > MAX_KEYS && oldest !== undefined) this.entries.delete(oldest);
  }
}

/** What was shown of a key stays shown as long as its hash is the same. */
function stillProven(key: KnownKey, { found }: Entry): KnownKey {
  if (found?.hash.equals(key.hash) === true) key.proven = found.proven;
  return key;
}
