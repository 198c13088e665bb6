import type { Clock } from '../../../kernel/clock.js';
import { TARGET_SLOT_MS } from '../../slots.js';

/** Weight of the newest latency in the running mean. */
const NEWEST = 0.2;
const COOL_OFF_MS = { first: 500, most: 30_000 } as const;
/**
 * The fastest that slots are believed to pass: forty times as fast as on mainnet. What claims more lies, and must not make honest
 * endpoints look as if they lagged.
 */
const MOST_SLOTS_PER_MS = 0.1;
const SLOT_LEEWAY = 1_000;
/** No chain gets there: at 400 ms a slot this is thirteen thousand years. */
const ABSURD_SLOT = 2n ** 40n;

/** What calls have told about one endpoint. */
export class EndpointHealth {
  /** Running mean of the time to an answer; null before the first one. */
  latencyMs: number | null = null;
  private failures = 0;
  private coolUntil = 0;
  private newest: { readonly slot: bigint; readonly at: number } | null = null;

  constructor(private readonly clock: Clock) {}

  /** The newest slot it has told, null when it never did. */
  get slot(): bigint | null {
    return this.newest?.slot ?? null;
  }

  /** Where it stands by now, going by that slot and the pace of mainnet; null when it never told one. */
  get reach(): bigint | null {
    if (this.newest === null) return null;
    return this.newest.slot + BigInt(Math.floor((this.clock.monotonicMs() - this.newest.at) / TARGET_SLOT_MS));
  }

  /** How much longer it is better left alone because it failed of late; 0: it is not. */
  get coolsForMs(): number {
    return Math.max(0, this.coolUntil - this.clock.monotonicMs());
  }

  answered(latencyMs: number): void {
    this.latencyMs = this.latencyMs === null ? latencyMs : this.latencyMs * (1 - NEWEST) + latencyMs * NEWEST;
    // One good answer does not make up for a row of failures: an endpoint may answer some methods and hang on others.
    this.failures = Math.max(0, this.failures - 1);
  }

  /** No usable answer: the pause doubles with every failure in a row. */
  failed(): void {
    const pauseMs = Math.min(COOL_OFF_MS.first * 2 ** this.failures, COOL_OFF_MS.most);
    this.failures = Math.min(this.failures + 1, 16);
    this.coolUntil = this.clock.monotonicMs() + pauseMs;
  }

  /** Whether a slot that it tells can be true; the newest plausible one is remembered. */
  believes(slot: bigint): boolean {
    const at = this.clock.monotonicMs();
    const { newest } = this;
    if (slot >= ABSURD_SLOT) return false;
    if (newest === null || slot > newest.slot) {
      if (newest !== null && Number(slot - newest.slot) > SLOT_LEEWAY + (at - newest.at) * MOST_SLOTS_PER_MS)
        return false;
      this.newest = { slot, at };
    }
    return true;
  }
}
