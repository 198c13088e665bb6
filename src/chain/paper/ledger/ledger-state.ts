import type { Address } from '../../../kernel/address.js';
import type { Account } from '../../account.js';
import type { PaperMover } from '../paper-market.js';
import type { AccountReader } from '../runtime/overlay.js';
import type { LandedSignature, LedgerNews, StoredAccount } from './paper.store.js';
import { RECENT_SLOTS } from './paper.store.js';
import { chainTimeAt, type SlotSchedule } from './slot-clock.js';
import { sysvarAccount } from './sysvars.js';

interface Moved {
  readonly slot: bigint;
  readonly accounts: ReadonlyMap<Address, Account>;
}

/** The whole ledger at one version, in memory. Pools move when they are read; what is stored moves only with a transaction. */
export class LedgerState {
  version = 0n;
  /** Slot of the last transaction. */
  slot = 0n;
  private readonly stored = new Map<Address, StoredAccount>();
  private readonly recent = new Map<string, LandedSignature>();
  private readonly moverOf = new Map<Address, PaperMover>();
  private readonly moved = new Map<PaperMover, Moved>();

  constructor(movers: readonly PaperMover[]) {
    for (const mover of movers) for (const address of mover.accounts) this.moverOf.set(address, mover);
  }

  /** Takes over what another version brought. Older news than the present version change nothing. */
  apply(news: Pick<LedgerNews, 'version' | 'slot' | 'accounts' | 'landed'>): void {
    if (news.version <= this.version) return;
    this.version = news.version;
    for (const account of news.accounts) this.store(account);
    for (const landed of news.landed) {
      this.recent.set(landed.signature, landed);
      if (landed.slot > this.slot) this.slot = landed.slot;
    }
    this.forgetOld();
  }

  clear(): void {
    this.version = 0n;
    this.stored.clear();
    this.recent.clear();
    this.moved.clear();
  }

  landed(signature: string): LandedSignature | undefined {
    return this.recent.get(signature);
  }

  addresses(): Iterable<Address> {
    return this.stored.keys();
  }

  /** Every account as it is in a slot, which is not before the last transaction's. */
  readerAt(slot: bigint, schedule: SlotSchedule): AccountReader {
    const time = chainTimeAt(schedule, slot);
    return (address) => {
      const account = this.stored.get(address);
      if (account === undefined) return sysvarAccount(address, time);
      const mover = this.moverOf.get(address);
      return mover === undefined ? account : (this.moveTo(mover, slot).get(address) ?? account);
    };
  }

  /** The accounts that have to be stored when `changed` are: pools that were touched are stored as a whole. */
  withWholePools(changed: Iterable<Address>): ReadonlySet<Address> {
    const all = new Set<Address>();
    for (const address of changed) {
      all.add(address);
      for (const other of this.moverOf.get(address)?.accounts ?? []) all.add(other);
    }
    return all;
  }

  private store(account: StoredAccount): void {
    if (account.lamports === 0n) this.stored.delete(account.address);
    else this.stored.set(account.address, account);
    const mover = this.moverOf.get(account.address);
    if (mover !== undefined) this.moved.delete(mover);
  }

  private moveTo(mover: PaperMover, slot: bigint): ReadonlyMap<Address, Account> {
    const known = this.moved.get(mover);
    if (known?.slot === slot) return known.accounts;
    const before = new Map<Address, Account>();
    let from = slot;
    for (const address of mover.accounts) {
      const account = this.stored.get(address);
      if (account === undefined) continue;
      before.set(address, account);
      if (account.slot < from) from = account.slot;
    }
    for (const address of mover.readAccounts) {
      const account = this.stored.get(address);
      if (account !== undefined) before.set(address, account);
    }
    const accounts = new Map(mover.move(before, from, slot).map((account) => [account.address, account]));
    this.moved.set(mover, { slot, accounts });
    return accounts;
  }

  private forgetOld(): void {
    for (const [signature, { slot }] of this.recent) {
      if (slot + RECENT_SLOTS >= this.slot) return;
      this.recent.delete(signature);
    }
  }
}
