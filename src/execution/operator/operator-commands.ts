import { Injectable } from '@nestjs/common';
import { EngineError } from '../../kernel/errors.js';
import { asOrderId } from '../../kernel/ids.js';
import { TradingHaltStore } from '../../platform/halts/persistence/trading-halt.store.js';
import { asTxSignature } from '../../chain/tx-signature.js';
import type { Attempt } from '../domain/attempt.js';
import { AttemptStore } from '../persistence/attempt.store.js';
import { WalletWatchStore } from '../persistence/wallet-watch.store.js';
import { AttemptDecisions, type Decision, refused } from './attempt-decisions.js';

/** An order's id and the number of one of its attempts, which are never many. */
const ATTEMPT_ID = /^([^/]+)\/(\d{1,4})$/;

type Line = Readonly<Record<string, unknown>>;

/** The verbs of `npm run attempts`. Each answers the lines to print, and throws `validation-failed` or `not-found` when it is refused. */
@Injectable()
export class OperatorCommands {
  constructor(
    private readonly attempts: AttemptStore,
    private readonly decisions: AttemptDecisions,
    private readonly transfers: WalletWatchStore,
    private readonly halts: TradingHaltStore,
  ) {}

  /** The attempts that need a person. */
  async list(): Promise<Line[]> {
    return (await this.attempts.unresolved()).map(shown);
  }

  async show(id: string): Promise<Line[]> {
    return [shown(await this.find(id))];
  }

  async resolve(id: string, outcome: 'landed' | 'dead', decision: Decision): Promise<Line[]> {
    const attempt = await this.find(id);
    await this.decisions[outcome](attempt, decision);
    return this.show(id);
  }

  /** A halt may come after the record, from a look that had begun before it: then recording again lifts it. */
  async recordTransfer(text: string, { by, why }: { readonly by: string; readonly why: string }): Promise<Line[]> {
    const signature = asTxSignature(text);
    if (signature === null) throw refused(`${text} is no signature of a transaction (64 bytes of base58)`);
    const { isNew, haltsLifted } = await this.transfers.record(signature, { by, why });
    if (!isNew && haltsLifted === 0) throw refused('the transaction was recorded before, and no halt about it is open');
    return [{ signature, ...(isNew ? { recordedBy: by } : { liftedBy: by }), why, haltsLifted }];
  }

  /** The open reasons for which nothing is signed. */
  async openHalts(): Promise<Line[]> {
    return (await this.halts.open()).map((halt) => ({ ...halt }));
  }

  async liftHalt(id: string, { by, why }: { readonly by: string; readonly why: string }): Promise<Line[]> {
    if (!(await this.halts.lift(id, { by, why }))) throw new EngineError('not-found', `no halt ${id} is open`);
    return [{ halt: id, liftedBy: by, why }];
  }

  /** By `<order id>/<number>`, as in the memo. */
  private async find(id: string): Promise<Attempt> {
    const [, order = '', number = ''] = ATTEMPT_ID.exec(id) ?? [];
    const orderId = asOrderId(order);
    const found = orderId === null ? null : await this.attempts.find(orderId, Number(number));
    if (found === null) throw new EngineError('not-found', `there is no attempt ${id} (<order id>/<number>)`);
    return found;
  }
}

/** Everything but the signed bytes. Heights and slots stay far below 2^53. */
function shown({ orderId, number, wire: _wire, ...attempt }: Attempt): Line {
  const { blockhashSlot, lastValidBlockHeight, threshold, landedSlot, ...rest } = attempt;
  return {
    id: `${orderId}/${number}`,
    ...rest,
    blockhashSlot: Number(blockhashSlot),
    lastValidBlockHeight: Number(lastValidBlockHeight),
    threshold: threshold.toString(),
    landedSlot: landedSlot === null ? null : Number(landedSlot),
  };
}
