import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ChainClient, SIGNATURES_PER_PAGE } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import type { ExpiryReading } from './domain/expiry.js';

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
  async read(node: number, { signature, intent }: Attempt): Promise<ExpiryReading> {
    const asked = this.chain.nodes()[node];
    if (asked === undefined) throw new RangeError(`there is no node ${node}`);
    // Heights first: what is unknown afterwards, at or past that slot, has missed its last block.
    const finalizedSlot = await asked.slot('finalized');
    const finalizedHeight = await asked.blockHeight('finalized');
    const [statuses, transaction, history] = await Promise.all([
      asked.signatureStatuses([signature], { searchHistory: true, minContextSlot: finalizedSlot }),
      asked.transaction(signature, 'confirmed'),
      asked.signaturesFor(intent.wallet, { commitment: 'finalized', minContextSlot: finalizedSlot }),
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
      inWalletHistory: history.some((entry) => entry.signature === signature),
      walletHistoryFrom: history.length < SIGNATURES_PER_PAGE ? 0n : (history.at(-1)?.slot ?? 0n),
      atMs: this.clock.monotonicMs(),
    };
  }
}
