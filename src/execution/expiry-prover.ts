import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ChainClient } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import type { ExpiryReading } from './domain/expiry.js';
import { walletHistory } from './wallet-history.js';

/** Gathers the evidence of R6: readings of one node each, in the order that makes them sound. */
@Injectable()
export class ExpiryProver {
  constructor(
    private readonly chain: ChainClient,
    private readonly clock: Clock,
  ) {}

  /** How many nodes can be asked. */
  get nodes(): number {
    return this.chain.nodes().length;
  }

  /** Reads one node, counted from 0. Throws `chain-unavailable`: no conclusion (R7). */
  async read(node: number, { signature, intent, blockhashSlot }: Attempt): Promise<ExpiryReading> {
    const asked = this.chain.nodes()[node];
    if (asked === undefined) throw new RangeError(`there is no node ${node}`);
    // Heights first: what is unknown afterwards, at or past that slot, has missed its last block.
    const finalizedSlot = await asked.slot('finalized');
    const finalizedHeight = await asked.blockHeight('finalized');
    const [statuses, transaction, history] = await Promise.all([
      asked.signatureStatuses([signature], { searchHistory: true, minContextSlot: finalizedSlot }),
      asked.transaction(signature, 'confirmed'),
      walletHistory(asked, intent.wallet, { since: blockhashSlot - 1n, head: finalizedSlot }),
    ]);
    // Last: what was deleted before the lookups is below it, too.
    const firstAvailableBlock = await asked.firstAvailableBlock();
    return {
      node,
      finalizedSlot,
      finalizedHeight,
      statusSlot: statuses.contextSlot,
      status: statuses.statuses[0] ?? null,
      firstAvailableBlock,
      transactionFound: transaction !== null,
      inWalletHistory: history.signatures.includes(signature),
      walletHistoryFrom: history.gapBefore ?? blockhashSlot,
      atMs: this.clock.monotonicMs(),
    };
  }
}
