import { jsonText, type JsonValue, parseExactJson } from '../../../src/chain/json.js';
import type { Commitment } from '../../../src/chain/chain-client.js';
import { type Reply, result } from './reply.js';
import type { RpcCall } from '../rpc-server.js';

/** The honest node behind. */
export class Upstream {
  private readonly honest = new WeakSet<Reply>();

  constructor(private readonly url: string) {}

  /** Its own reply, to the byte. */
  async pass(call: RpcCall): Promise<Reply> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: jsonText({ jsonrpc: '2.0', ...call } as unknown as JsonValue),
    });
    const contentType = response.headers.get('content-type') ?? 'text/plain';
    const reply = { status: response.status, headers: { 'content-type': contentType }, body: await response.text() };
    this.honest.add(reply);
    return reply;
  }

  /** Whether a reply is one that the node gave. */
  isHonest(reply: Reply): boolean {
    return this.honest.has(reply);
  }

  async slot(commitment: Commitment = 'processed'): Promise<bigint> {
    const reply = await this.pass({ id: 'slot', method: 'getSlot', params: [{ commitment }] });
    return BigInt(resultOf(reply) as number);
  }
}

/** The result in a reply; undefined when it has none. */
export function resultOf(reply: Reply | null): JsonValue | undefined {
  if (reply === null) return undefined;
  return (parseExactJson(String(reply.body)) as { readonly result?: JsonValue }).result;
}

/** The reply with another result, where it has one; refusals stay as they are. */
export function amended(call: RpcCall, reply: Reply | null, change: (value: never) => JsonValue): Reply | null {
  const value = resultOf(reply);
  return value === undefined ? reply : result(call, change(value as never));
}
