import type { PaperLedger } from '../paper-ledger.js';
import { answerRequest, type BoundMethod } from '../rpc/answer.js';
import { invalid, type JsonValue, RpcCode, RpcFault } from '../rpc/json-rpc.js';
import { accountSubscribe } from './account-subscription.js';
import { logsSubscribe } from './logs-subscription.js';
import { signatureSubscribe } from './signature-subscription.js';
import { slotSubscribe } from './slot-subscription.js';
import type { Subscribe, Subscription } from './subscription.js';

const KINDS: Readonly<Record<string, Subscribe>> = {
  account: accountSubscribe,
  logs: logsSubscribe,
  signature: signatureSubscribe,
  slot: slotSubscribe,
};
/** One client has to ask for several connections beyond this. */
const MOST_SUBSCRIPTIONS = 10_000;

let lastId = 0;

/** The subscriptions of one client. */
export class PubsubSession {
  private readonly subscriptions = new Map<number, Subscription>();

  constructor(
    private readonly ledger: PaperLedger,
    private readonly notify: (message: JsonValue) => void,
  ) {}

  get isIdle(): boolean {
    return this.subscriptions.size === 0;
  }

  /** Answers one request to begin or end a subscription. Never rejects. */
  readonly answer = (payload: unknown) => answerRequest(payload, (name) => this.methodOf(name));

  /** Sends what every subscription has to tell. What can't be read now is told the next time. */
  async look(): Promise<void> {
    await Promise.all([...this.subscriptions].map(([id, one]) => this.lookAt(id, one).catch(() => undefined)));
  }

  private async lookAt(id: number, one: Subscription): Promise<void> {
    const { results, isOver } = await one.look();
    // Ended by the client meanwhile.
    if (!this.subscriptions.has(id)) return;
    for (const result of results) {
      this.notify({ jsonrpc: '2.0', method: one.notification, params: { result, subscription: id } });
    }
    if (isOver) this.subscriptions.delete(id);
  }

  private methodOf(name: string): BoundMethod | undefined {
    const [, kind = '', verb] = /^([a-z]+)(Subscribe|Unsubscribe)$/.exec(name) ?? [];
    if (!Object.hasOwn(KINDS, kind)) return undefined;
    const subscribe = KINDS[kind];
    if (subscribe === undefined) return undefined;
    if (verb === 'Unsubscribe') return (params) => this.end(params.number(0), `${kind}Notification`);
    return async (params) => {
      if (this.subscriptions.size >= MOST_SUBSCRIPTIONS) {
        throw new RpcFault(RpcCode.Internal, 'Internal error: too many subscriptions');
      }
      const subscription = await subscribe(this.ledger, params);
      this.subscriptions.set(++lastId, subscription);
      return lastId;
    };
  }

  private end(id: number, notification: string): JsonValue {
    if (this.subscriptions.get(id)?.notification !== notification) throw invalid('Invalid subscription id.');
    return this.subscriptions.delete(id);
  }
}
