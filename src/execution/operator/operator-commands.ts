import { Injectable } from '@nestjs/common';
import { EngineError } from '../../kernel/errors.js';
import { asOrderId } from '../../kernel/ids.js';
import { TradingHaltStore } from '../../platform/halts/persistence/trading-halt.store.js';
import type { Attempt } from '../domain/attempt.js';
import { AttemptStore } from '../persistence/attempt.store.js';
import { WalletWatchStore } from '../persistence/wallet-watch.store.js';
import { AttemptDecisions, type Decision } from './attempt-decisions.js';

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

  async recordTransfer(signature: string, { by, why }: { readonly by: string; readonly why: string }): Promise<Line[]> {
    if (!(await this.transfers.record(signature, { by, why }))) {
      throw new EngineError('validation-failed', 'the transaction was recorded before');
    }
    return [{ signature, recordedBy: by, why }];
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
    const [order = '', number = ''] = id.split('/');
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
