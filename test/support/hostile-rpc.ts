import { type Answering, type RpcCall, RpcServer } from './rpc-server.js';

export type Behaviour = (...asked: Parameters<Answering>) => void;

/** Answers every call with a result. */
export const answering =
  (resultOf: (call: RpcCall) => unknown): Behaviour =>
  (call, response) =>
    void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, result: resultOf(call) }));

/** Answers every call with an error. */
export const refusing =
  (error: { readonly code: number; readonly message?: string; readonly data?: unknown }): Behaviour =>
  (call, response) =>
    void response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, error: { message: 'no', ...error } }));

/** Answers with a status and a text. */
export const saying =
  (status: number, text = '', headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    void response.writeHead(status, headers).end(text);

/** Accepts and never answers. */
export const silence: Behaviour = () => undefined;

/** An RPC endpoint that behaves as it is told, over real HTTP. It keeps the calls that it got. */
export class HostileRpc {
  readonly calls: RpcCall[] = [];
  private readonly server = new RpcServer((call, response, request) => {
    this.calls.push(call);
    this.behaviour(call, response, request);
  });

  private constructor(public behaviour: Behaviour) {}

  static async start(behaviour: Behaviour): Promise<HostileRpc> {
    const rpc = new HostileRpc(behaviour);
    await rpc.server.listen();
    return rpc;
  }

  get url(): string {
    return this.server.url;
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
