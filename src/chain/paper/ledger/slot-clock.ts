import { createHash } from 'node:crypto';
import { addressFromBytes } from '../../../kernel/address.js';
import { maxBigInt } from '../../../kernel/math.js';
import type { ChainTime } from '../../account.js';
import type { Commitment } from '../../chain-client.js';

/** How slots follow from the database's clock. */
export interface SlotSchedule {
  readonly anchorSlot: bigint;
  readonly anchorMs: bigint;
  readonly slotMs: number;
  /** Transactions land when they are sent and are final at once; slots still pass. */
  readonly isInstant: boolean;
}

/** Slots of an epoch on mainnet. */
const SLOTS_PER_EPOCH = 432_000n;
/** A blockhash serves for this many blocks after its own (solana `MAX_PROCESSING_AGE`). */
export const BLOCKHASH_LIFETIME = 150n;
const COMMITMENT_LAG: Record<Commitment, bigint> = { processed: 0n, confirmed: 1n, finalized: 3n };

export function slotAt(schedule: SlotSchedule, nowMs: bigint): bigint {
  // The clock of the database may step back: never below the anchor.
  return schedule.anchorSlot + maxBigInt(nowMs - schedule.anchorMs, 0n) / BigInt(schedule.slotMs);
}

/** The moment at which a slot begins, in milliseconds since 1970. */
export function slotStartMs(schedule: SlotSchedule, slot: bigint): bigint {
  return schedule.anchorMs + (slot - schedule.anchorSlot) * BigInt(schedule.slotMs);
}

export function chainTimeAt(schedule: SlotSchedule, slot: bigint): ChainTime {
  return { slot, epoch: slot / SLOTS_PER_EPOCH, unixTimestamp: slotStartMs(schedule, slot) / 1000n };
}

/** The newest slot that has reached a commitment when `slot` is the present one. */
export function slotOf(commitment: Commitment, slot: bigint): bigint {
  return maxBigInt(slot - COMMITMENT_LAG[commitment], 0n);
}

/** How final a transaction is that landed in `landed`. */
export function commitmentOf(landed: bigint, slot: bigint, isInstant: boolean): Commitment {
  if (isInstant || slot - landed >= COMMITMENT_LAG.finalized) return 'finalized';
  return slot - landed >= COMMITMENT_LAG.confirmed ? 'confirmed' : 'processed';
}

/** The blockhashes of one ledger: each follows from the genesis hash and the slot, so none is stored. */
export class Blockhashes {
  private readonly slots = new Map<string, bigint>();
  private readonly hashes = new Map<bigint, string>();

  constructor(private readonly genesisHash: string) {}

  at(slot: bigint): string {
    const known = this.hashes.get(slot);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(`${this.genesisHash}/${slot}`).digest();
    const blockhash: string = addressFromBytes(digest);
    if (this.hashes.size > 1_000) this.forget();
    this.hashes.set(slot, blockhash);
    this.slots.set(blockhash, slot);
    return blockhash;
  }

  /** Whether the hash belongs to one of the last 150 blocks or to the present one. */
  isValid(blockhash: string, slot: bigint): boolean {
    const known = this.slots.get(blockhash) ?? this.search(blockhash, slot);
    return known !== undefined && known <= slot && known + BLOCKHASH_LIFETIME >= slot;
  }

  private search(blockhash: string, slot: bigint): bigint | undefined {
    for (let age = 0n; age <= BLOCKHASH_LIFETIME && age <= slot; age++) {
      if (this.at(slot - age) === blockhash) return slot - age;
    }
    return undefined;
  }

  private forget(): void {
    this.hashes.clear();
    this.slots.clear();
  }
}
