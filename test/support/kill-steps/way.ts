import type { Fault } from '../fault-rpc/fault.js';
import { FaultServer } from '../fault-rpc/fault-server.js';
import { NEVER } from '../fault-rpc/reply.js';
import { type Filter, TcpProxy } from '../tcp-proxy.js';
import { type PgMessage, PgMessages, PgStatements } from './pg-messages.js';
import type { Place, Trap } from './trap.js';

/** The server has done all it was told, and committed it. */
const READY_FOR_QUERY = 'Z';

/** Everything between one process and the stores and nodes that it uses: here it can be trapped. */
export class Way {
  private trap: Trap<Way> | null = null;

  private constructor(
    private readonly proxy: TcpProxy,
    private readonly node: FaultServer,
    readonly databaseUrl: string,
  ) {}

  static async to(target: { readonly databaseUrl: string; readonly nodeUrl: string }): Promise<Way> {
    const trapped: { way?: Way } = {};
    const { proxy, url } = await TcpProxy.before(target.databaseUrl, () => trapped.way!.filter());
    trapped.way = new Way(proxy, await FaultServer.listen(target.nodeUrl), url);
    return trapped.way;
  }

  get nodeUrl(): string {
    return this.node.url;
  }

  /** From now on there is this trap, and behind it a node with these faults. */
  set(trap: Trap<Way>, faults: readonly Fault[] = []): void {
    this.trap = trap;
    this.node.play([this.stop, ...faults]);
  }

  clear(): void {
    this.trap = null;
    this.node.play([]);
  }

  async close(): Promise<void> {
    await Promise.all([this.proxy.stop(), this.node.stop()]);
  }

  private readonly stop: Fault = async (call, next) => {
    const { trap } = this;
    const place = trap?.take(this, (step) => step.call?.(call) ?? false) ?? null;
    if (place === null) return next();
    if (place.side === 'after') await next();
    trap?.arrived(place);
    return NEVER;
  };

  private filter(): Filter {
    const said = new PgMessages(true);
    const answered = new PgMessages(false);
    const statements = new PgStatements();
    let held: { readonly trap: Trap<Way>; readonly place: Place } | null = null;
    const passes = (message: PgMessage): boolean => {
      const statement = statements.of(message);
      if (held !== null) return held.place.side === 'after';
      const { trap } = this;
      if (statement === null || trap === null) return true;
      const place = trap.take(this, (step) => step.statement?.(statement) ?? false);
      if (place === null) return true;
      held = { trap, place };
      if (place.side === 'before') trap.arrived(place);
      return place.side === 'after';
    };
    return {
      fromClient: (chunk) => join(said.read(chunk).filter(passes)),
      fromServer: (chunk) => {
        const messages = answered.read(chunk);
        if (held === null) return join(messages);
        if (held.place.side === 'after' && messages.some(({ type }) => type === READY_FOR_QUERY)) {
          held.trap.arrived(held.place);
        }
        return Buffer.alloc(0);
      },
    };
  }
}

function join(messages: readonly PgMessage[]): Buffer {
  return Buffer.concat(messages.map(({ bytes }) => bytes));
}
