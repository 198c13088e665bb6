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

/** A key that was good when the table was last asked. */
export interface KnownKey extends Pick<HashedKey, 'hash' | 'userId' | 'scopes' | 'expiresAt' | 'environment'> {
  /** null: from anywhere. */
  readonly allowedFrom: AddressList | null;
  /** SHA-256 of the text that `hash` was found to belong to: an HMAC makes more garbage than a request. */
  proven: Uint8Array | null;
}

interface Entry {
  readonly askedAtMs: number;
  readonly key: Promise<KnownKey | null>;
}

export interface KeySource {
  findGood(id: string): Promise<HashedKey | null>;
}

/** Remembers for a moment what the table says about a key, so that a busy client costs no query per request. */
export class KnownKeys {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly source: KeySource,
    private readonly clock: Clock,
  ) {}

  /** null: there is no such key, or it is good no longer. Requests that come together share one query. Throws what the source throws, or `Error` when it takes too long. */
  async find(id: string): Promise<KnownKey | null> {
    const nowMs = this.clock.monotonicMs();
    const found = this.entries.get(id);
    if (found !== undefined && nowMs - found.askedAtMs < FRESH_MS) return found.key;
    const entry: Entry = { askedAtMs: nowMs, key: this.read(id) };
    this.entries.delete(id);
    this.entries.set(id, entry);
    this.shrink();
    try {
      const key = await entry.key;
      // Ids that were never given out would push the others out.
      if (key === null) this.drop(id, entry);
      return key;
    } catch (error) {
      this.drop(id, entry);
      throw error;
    }
  }

  forget(id: string): void {
    this.entries.delete(id);
  }

  forgetAll(): void {
    this.entries.clear();
  }

  private async read(id: string): Promise<KnownKey | null> {
    const key = await within(this.source.findGood(id), LOOK_TIMEOUT_MS);
    if (key === null) return null;
    return { ...key, proven: null, allowedFrom: key.networks.length === 0 ? null : new AddressList(key.networks) };
  }

  private drop(id: string, entry: Entry): void {
    if (this.entries.get(id) === entry) this.entries.delete(id);
  }

  private shrink(): void {
    const [oldest] = this.entries.keys();
    if (this.entries.size > MAX_KEYS && oldest !== undefined) this.entries.delete(oldest);
  }
}
