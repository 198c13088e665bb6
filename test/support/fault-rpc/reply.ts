import { jsonText, type JsonValue } from '../../../src/chain/json.js';
import type { RpcCall } from '../rpc-server.js';
import { sentSignature } from './rpc-call.js';

/** What goes back to the engine. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** In place of a reply: the engine never hears of its call again. */
export const NEVER = null;

export function plain(status: number, body: Reply['body'] = '', headers: Reply['headers'] = {}): Reply {
  return { status, headers, body };
}

export function result({ id }: RpcCall, value: JsonValue): Reply {
  return json({ jsonrpc: '2.0', id, result: value });
}

export function refusal({ id }: RpcCall, error: Readonly<Record<string, JsonValue>>): Reply {
  return json({ jsonrpc: '2.0', id, error });
}

/** What a node says that takes a transaction. */
export function accepted(call: RpcCall): Reply {
  return result(call, sentSignature(call));
}

function json(body: JsonValue): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: jsonText(body) };
}
