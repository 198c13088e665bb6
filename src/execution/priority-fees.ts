import { Injectable } from '@nestjs/common';
import { isWritableRole } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { Clock } from '../kernel/clock.js';
import { ChainClient } from '../chain/chain-client.js';
import type { SwapDraft } from './swap-builder.js';

/** About 25 slots of the 150 that an answer looks back on. */
const FRESH_MS = 10_000;
const MAX_REMEMBERED = 1_000;

interface Known {
  readonly at: number;
  readonly fees: Promise<readonly bigint[]>;
}

/** What transactions that wrote the same accounts paid of late. Asked once for a set of accounts in ten seconds. */
@Injectable()
export class PriorityFees {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly chain: ChainClient,
    private readonly clock: Clock,
  ) {}

  /** Compute unit prices in micro-lamports, one a recent block. Throws `chain-unavailable`. */
  recentFor(draft: SwapDraft): Promise<readonly bigint[]> {
    const accounts = contended(draft);
    const key = accounts.join();
    const now = this.clock.monotonicMs();
    const known = this.known.get(key);
    if (known !== undefined && now - known.at < FRESH_MS) return known.fees;
    const fees = this.chain.recentPrioritizationFees(accounts);
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    this.known.set(key, { at: now, fees });
    // A failed question is asked again by the next caller; who awaits `fees` sees the failure itself.
    fees.catch(() => this.known.delete(key));
    return fees;
  }
}

/** The accounts that others write, too: pools and their vaults. Nobody competes for the wallet's own. */
function contended({ instructions, intent }: SwapDraft): readonly Address[] {
  const { wallet, inputAccount, outputAccount, viaAccounts = [] } = intent;
  const own = new Set<Address>([wallet, inputAccount, outputAccount, ...viaAccounts]);
  const written = instructions
    .flatMap(({ accounts = [] }) => accounts)
    .filter(({ address, role }) => isWritableRole(role) && !own.has(address));
  return [...new Set(written.map(({ address }) => address))].sort();
}
