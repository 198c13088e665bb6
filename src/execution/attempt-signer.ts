import { Injectable } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import { maxBigInt } from '../kernel/math.js';
import { Config } from '../platform/config/config.js';
import { ChainClient, type LatestBlockhash, type Simulation, type WireTransaction } from '../chain/chain-client.js';
import { type MessageTerms, underTerms } from '../chain/message.js';
import { Signer } from '../chain/signer.js';
import { assembleWire, compileUnsigned, decodeIntent, signatureOf, unsignedWire } from '../chain/transaction.js';
import { computeUnitPriceFor } from './domain/compute-budget.js';
import { BLOCKHASH_BLOCKS } from './domain/expiry.js';
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

/** The limit and the price, which stand before what was drafted. */
const COMPUTE_BUDGET_INSTRUCTIONS = 2;

/** How a draft ran, with the message that ran, and its unsigned bytes. */
export interface SimulatedDraft extends Simulation {
  readonly message: Uint8Array;
  readonly wire: WireTransaction;
}

/** A blockhash to sign over, and what others paid of late, in micro-lamports a compute unit. */
export interface SigningTerms extends LatestBlockhash {
  readonly recentFees: readonly bigint[];
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

  /** Step D: runs the draft unsigned on the node. Throws `chain-unavailable`. */
  async simulate(draft: SwapDraft, contextSlot: bigint): Promise<SimulatedDraft> {
    const message = compileUnsigned({
      payer: this.signer.address,
      blockhash: PLACEHOLDER_BLOCKHASH,
      lastValidBlockHeight: 0n,
      instructions: draft.instructions,
      lookupTables: draft.lookupTables,
      computeUnitLimit: draft.computeUnitLimit,
      computeUnitPriceMicroLamports: 0n,
    });
    const wire = unsignedWire(message);
    const simulation = await this.chain.simulate(wire, { commitment: 'confirmed', minContextSlot: contextSlot });
    return { ...simulation, message, wire };
  }

  /** What a signature needs to know of the chain. Throws `chain-unavailable`, also for a node that talks nonsense. */
  async terms(draft: SwapDraft, contextSlot: bigint): Promise<SigningTerms> {
    const [latest, height, recentFees] = await Promise.all([
      this.chain.latestBlockhash({ commitment: 'confirmed', minContextSlot: contextSlot }),
      this.chain.blockHeight('confirmed'),
      this.fees.recentFor(draft),
    ]);
    const validFor = latest.lastValidBlockHeight - height;
    if (validFor < MIN_BLOCKHASH_BLOCKS || validFor > MAX_BLOCKHASH_BLOCKS) {
      throw new EngineError('chain-unavailable', `the node offers a blockhash valid for ${validFor} blocks`);
    }
    // One that says less than Solana's 150 blocks would have the attempt called dead while it can still land.
    const lastValidBlockHeight = maxBigInt(latest.lastValidBlockHeight, height + BLOCKHASH_BLOCKS);
    return { ...latest, lastValidBlockHeight, recentFees };
  }

  /** Throws `chain-unavailable` when the chain has been seen too far beyond the slot of the quote. */
  assertFresh(quoted: bigint, seen: readonly bigint[]): void {
    const age = seen.reduce(maxBigInt) - quoted;
    if (age > BigInt(this.config.order.maxQuoteAgeSlots)) {
      throw new EngineError('chain-unavailable', `the quote is ${age} slots old`);
    }
  }

  /**
   * Step E: signs the simulated message under its final terms, then reads the bytes back and compares them with the draft. Throws
   * `chain-unavailable` when a remote signer is away, `internal` when the bytes are not what was meant.
   */
  async sign(draft: SwapDraft, simulated: Uint8Array, chain: SigningTerms): Promise<NewAttempt> {
    const { blockhash } = chain;
    const { computeUnitLimit } = draft;
    const terms = { blockhash, computeUnitLimit, computeUnitPriceMicroLamports: this.priceOf(draft, chain.recentFees) };
    const message = underTerms(simulated, terms);
    const wire = assembleWire(message, await this.signer.sign(message));
    this.assertMeant(wire, draft, terms);
    return {
      orderId: draft.orderId,
      number: draft.number,
      signature: signatureOf(wire),
      wire,
      blockhash,
      blockhashSlot: chain.contextSlot,
      lastValidBlockHeight: chain.lastValidBlockHeight,
      threshold: draft.threshold,
      intent: draft.intent,
    };
  }

  private priceOf({ computeUnitLimit }: SwapDraft, recentFees: readonly bigint[]): bigint {
    const { priorityFeePercentile: percentile, maxPriorityFeeLamports: maxLamports } = this.config.order;
    return computeUnitPriceFor(recentFees, { percentile, computeUnitLimit, maxLamports });
  }

  /** The last look before bytes can be stored: payer, memo, blockhash, compute budget, and every instruction to the byte. */
  private assertMeant(wire: WireTransaction, draft: SwapDraft, terms: MessageTerms): void {
    const read = decodeIntent(wire, draft.lookupTables);
    const said = read.instructions.slice(COMPUTE_BUDGET_INSTRUCTIONS);
    const matches =
      said.length === draft.instructions.length &&
      read.feePayer === this.signer.address &&
      read.signatureCount === 1 &&
      read.memo === draft.memo &&
      read.blockhash === terms.blockhash &&
      read.computeUnitLimit === terms.computeUnitLimit &&
      read.computeUnitPriceMicroLamports === terms.computeUnitPriceMicroLamports &&
      draft.instructions.every((meant, i) => sameInstruction(meant, said[i]));
    if (!matches) throw new EngineError('internal', 'the signed transaction is not the one that was meant');
  }
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
