import { Injectable } from '@nestjs/common';
import { EngineError } from '../../kernel/errors.js';
import { TradingHaltStore } from '../../platform/halts/persistence/trading-halt.store.js';
import { ChainClient, type SignatureStatus } from '../../chain/chain-client.js';
import { OrderRecorder } from '../../orders/order-recorder.js';
import type { OrderChange } from '../../orders/persistence/order-change.js';
import { OrderStore } from '../../orders/persistence/order.store.js';
import { completion } from '../completion.js';
import type { Attempt } from '../domain/attempt.js';
import { readFill } from '../domain/fill.js';
import { type AttemptChange, AttemptStore, changing } from '../persistence/attempt.store.js';

/** Who decides, and on what grounds. */
export interface Decision {
  readonly by: string;
  readonly evidence: string;
}

type Decided = AttemptChange & { readonly decision: Decision };

/**
 * A person's word on an attempt whose outcome the engine could not prove. It takes the same steps as the engine's own conclusions,
 * and none that the ledger contradicts. Throws `validation-failed` with the reason when it is refused, `chain-unavailable`.
 */
@Injectable()
export class AttemptDecisions {
  constructor(
    private readonly chain: ChainClient,
    private readonly attempts: AttemptStore,
    private readonly orders: OrderStore,
    private readonly recorder: OrderRecorder,
    private readonly halts: TradingHaltStore,
  ) {}

  /** Completes the order with the amounts of the transaction, which a node has to show as final. */
  async landed(attempt: Attempt, decision: Decision): Promise<void> {
    assertUnresolved(attempt);
    const [landed, order] = await Promise.all([
      this.chain.transaction(attempt.signature, 'finalized'),
      this.orders.find(attempt.orderId),
    ]);
    if (landed === null) throw refused(await this.whyUnshown(attempt));
    if (landed.failure !== null) throw refused('the transaction landed with an error: it moved nothing, and is dead');
    const reading = readFill(landed, attempt.intent);
    if (order === null || !reading.ok) throw refused(reading.ok ? 'its order is gone' : reading.reason);
    const change: AttemptChange = { state: 'finalized_ok', landedSlot: landed.slot };
    await this.store(attempt, { ...change, decision }, completion(order, attempt, landed, reading.fill));
  }

  /** Fails the order. It is not tried again: whoever wants it still places a new one. */
  async dead(attempt: Attempt, decision: Decision): Promise<void> {
    assertUnresolved(attempt);
    const { orderId, number, signature } = attempt;
    const known = await this.statusesOf(attempt);
    const alive = known.find(({ failure, commitment }) => failure === null || commitment !== 'finalized');
    if (alive !== undefined) throw refused(`a node knows the transaction as ${alive.commitment}`);
    const [status = null] = known;
    if (status === null) await this.assertPast(attempt);
    const message = 'The transaction was found dead by an operator';
    const code = 'transaction-expired';
    const proof = { rule: 'operator', evidence: decision.evidence };
    const change: AttemptChange =
      status === null
        ? { state: 'expired', proof }
        : { state: 'finalized_error', landedSlot: status.slot, chainError: status.failure };
    const facts = { error: { code, message } } as const;
    await this.store(
      attempt,
      { ...change, decision },
      {
        orderId,
        kind: 'failed',
        attempt: number,
        message,
        data: { code, signature },
        facts,
      },
    );
  }

  /** What nobody knows may still land until its last block has passed, for every node. */
  private async assertPast({ lastValidBlockHeight }: Attempt): Promise<void> {
    const heights = await Promise.all(this.chain.nodes().map((node) => node.blockHeight('finalized')));
    const behind = heights.find((height) => height <= lastValidBlockHeight);
    if (behind === undefined) return;
    throw refused(
      `it can still land: a node has finalized block ${behind}, and it is valid up to ${lastValidBlockHeight}`,
    );
  }

  /** What the nodes know of the attempt, each asked by itself: one that has forgotten it must not hide what another one knows. */
  private async statusesOf({ signature }: Attempt): Promise<readonly SignatureStatus[]> {
    const answers = await Promise.all(
      this.chain.nodes().map((node) => node.signatureStatuses([signature], { searchHistory: true })),
    );
    return answers.flatMap(({ statuses }) => statuses[0] ?? []);
  }

  private async whyUnshown(attempt: Attempt): Promise<string> {
    const known = await this.statusesOf(attempt);
    const landed = known.some(({ failure, commitment }) => failure === null && commitment === 'finalized');
    return landed
      ? 'it landed, but no node tells what it moved: name one that keeps all history'
      : 'no node shows the transaction as final: ask one that keeps all history';
  }

  /** An order that completed at `confirmed` stays as it ended; only its attempt is settled, and with it the halt that it caused. */
  private async store(attempt: Attempt, change: Decided, step: OrderChange): Promise<void> {
    const { kind } = await this.recorder.recordWith(step, changing(attempt, change));
    const isStored = kind === 'applied' || (kind === 'illegal' && (await this.attempts.change(attempt, change)));
    if (!isStored) throw refused('somebody else has just decided it');
    const { by, evidence } = change.decision;
    await this.halts.settle({ source: 'outcome', subject: attempt.signature }, { by, why: evidence });
  }
}

function assertUnresolved({ state }: Attempt): void {
  if (state !== 'unresolved') throw refused(`the attempt is ${state}, not unresolved`);
}

/** What a person asked for, and may not have. */
export function refused(reason: string): EngineError {
  return new EngineError('validation-failed', reason);
}
