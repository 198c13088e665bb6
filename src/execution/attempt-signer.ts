import { Injectable } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import { Config } from '../platform/config/config.js';
import { ChainClient, type Simulation, type WireTransaction } from '../chain/chain-client.js';
import { Signer } from '../chain/signer.js';
import { assembleWire, compileUnsigned, decodeIntent, signatureOf, unsignedWire } from '../chain/transaction.js';
import type { Order } from '../orders/domain/order.js';
import { computeUnitPriceFor } from './domain/compute-budget.js';
import type { NewAttempt } from './persistence/attempt.store.js';
import { PriorityFees } from './priority-fees.js';
import type { SwapDraft } from './swap-builder.js';

/**
 * Solana accepts a blockhash for 150 blocks. A node that promises much more is not to be believed, nor one that promises much less:
 * what it calls expired could still land. The two heights are read side by side, so some blocks may lie between them.
 */
const MIN_BLOCKHASH_BLOCKS = 100n;
const MAX_BLOCKHASH_BLOCKS = 300n;
/** Any blockhash will do for a simulation that replaces it. */
const PLACEHOLDER_BLOCKHASH = '11111111111111111111111111111111';

/** How a draft ran, with the unsigned bytes that ran. */
export interface SimulatedDraft extends Simulation {
  readonly wire: WireTransaction;
}

/** Turns a draft into signed bytes. Nothing here leaves the process but an unsigned simulation. */
@Injectable()
export class AttemptSigner {
  constructor(
    private readonly chain: ChainClient,
    private readonly signer: Signer,
    private readonly fees: PriorityFees,
    private readonly config: Config,
  ) {}

  /** Step D: runs the draft unsigned on the node; returns the bytes that were run, too. Throws `chain-unavailable`. */
  async simulate(draft: SwapDraft, contextSlot: bigint): Promise<SimulatedDraft> {
    const wire = unsignedWire(this.compile(draft, { blockhash: PLACEHOLDER_BLOCKHASH, lastValidBlockHeight: 0n }, 0n));
    const simulation = await this.chain.simulate(wire, { commitment: 'confirmed', minContextSlot: contextSlot });
    return { ...simulation, wire };
  }

  /**
   * Step E: signs over a fresh blockhash, then reads the bytes back and compares them with the draft.
   * Throws `chain-unavailable` (also for a stale quote or a node that talks nonsense), `internal` when the bytes are not what was meant.
   */
  async sign(order: Order, number: number, draft: SwapDraft, contextSlot: bigint): Promise<NewAttempt> {
    const [latest, height, price] = await Promise.all([
      this.chain.latestBlockhash({ commitment: 'confirmed', minContextSlot: contextSlot }),
      this.chain.blockHeight('confirmed'),
      this.priceOf(draft),
    ]);
    const age = latest.contextSlot - contextSlot;
    if (age > BigInt(this.config.order.maxQuoteAgeSlots)) {
      throw new EngineError('chain-unavailable', `the quote is ${age} slots old`);
    }
    const validFor = latest.lastValidBlockHeight - height;
    if (validFor < MIN_BLOCKHASH_BLOCKS || validFor > MAX_BLOCKHASH_BLOCKS) {
      throw new EngineError('chain-unavailable', `the node offers a blockhash valid for ${validFor} blocks`);
    }
    const message = this.compile(draft, latest, price);
    const wire = assembleWire(message, await this.signer.sign(message));
    this.assertMeant(wire, draft, latest.blockhash, price);
    return {
      orderId: order.orderId,
      number,
      signature: signatureOf(wire),
      wire,
      blockhash: latest.blockhash,
      blockhashSlot: latest.contextSlot,
      lastValidBlockHeight: latest.lastValidBlockHeight,
      threshold: draft.threshold,
      intent: draft.intent,
    };
  }

  private async priceOf(draft: SwapDraft): Promise<bigint> {
    const { priorityFeePercentile: percentile, maxPriorityFeeLamports: maxLamports } = this.config.order;
    const { computeUnitLimit } = draft;
    return computeUnitPriceFor(await this.fees.recentFor(draft), { percentile, computeUnitLimit, maxLamports });
  }

  private compile(draft: SwapDraft, lifetime: Lifetime, computeUnitPriceMicroLamports: bigint): Uint8Array {
    return compileUnsigned({
      ...lifetime,
      payer: this.signer.address,
      instructions: draft.instructions,
      lookupTables: draft.lookupTables,
      computeUnitLimit: draft.computeUnitLimit,
      computeUnitPriceMicroLamports,
    });
  }

  /** The last look before bytes can be stored: payer, memo, blockhash, compute budget, and every instruction to the byte. */
  private assertMeant(wire: NewAttempt['wire'], draft: SwapDraft, blockhash: string, price: bigint): void {
    const read = decodeIntent(wire, draft.lookupTables);
    const said = read.instructions.slice(-draft.instructions.length);
    const matches =
      read.feePayer === this.signer.address &&
      read.signatureCount === 1 &&
      read.memo === draft.memo &&
      read.blockhash === blockhash &&
      read.computeUnitLimit === draft.computeUnitLimit &&
      read.computeUnitPriceMicroLamports === price &&
      draft.instructions.every((meant, i) => sameInstruction(meant, said[i]));
    if (!matches) throw new EngineError('internal', 'the signed transaction is not the one that was meant');
  }
}

interface Lifetime {
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
}

type Comparable = SwapDraft['instructions'][number];

function sameInstruction(meant: Comparable, said: Comparable | undefined): boolean {
  const meantAccounts = meant.accounts ?? [];
  const saidAccounts = said?.accounts ?? [];
  return (
    said?.programAddress === meant.programAddress &&
    meantAccounts.length === saidAccounts.length &&
    meantAccounts.every((account, i) => account.address === saidAccounts[i]?.address) &&
    Buffer.from(meant.data ?? []).equals(Buffer.from(said.data ?? []))
  );
}
