import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RpcTransport } from '@solana/kit';
import type { Dispatcher } from 'undici';
import { jsonText, type JsonValue, parseExactJson } from '../../json.js';
import type { RpcRequest } from '../rpc-request.js';
import { readBoundedText } from './bounded-text.js';
import type { EndpointAddress } from './endpoint-address.js';
import { retryAfterMs } from './retry-after.js';
import { TransportFault } from './transport-fault.js';

/** The largest answer that is read: 100 accounts of 100 kB each in base64, and no more memory than that for a hostile one. */
export const MAX_REPLY_BYTES = 16 * 1024 * 1024;
/** Of an error page only its beginning is of interest. */
const MAX_ERROR_BYTES = 64 * 1024;
const TOO_MANY_REQUESTS = 429;

/**
 * Calls one endpoint once, over connections that whoever made them also closes: no retry, no redirect, never more than one reply's bytes,
 * the caller's signal decides when to give up.
 */
export function httpTransport(address: EndpointAddress, connections: Dispatcher): RpcTransport {
  const { origin, pathname, search } = new URL(address.url);
  const call = {
    origin,
    method: 'POST',
    path: pathname + search,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      ...(address.authorization !== null && { authorization: address.authorization }),
    },
  } as const;
  return async <TResponse>({ payload, signal }: { readonly payload: unknown; readonly signal?: AbortSignal }) => {
    try {
      const response = await connections.request({ ...call, body: jsonText(payload as JsonValue), signal });
      return (await readAnswer(response, payload as RpcRequest, address)) as TResponse;
    } catch (fault) {
      throw asFault(fault, signal, address);
    }
  };
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  { id }: RpcRequest,
  address: EndpointAddress,
): Promise<object> {
  const { statusCode: status, headers } = response;
  const isOk = status >= 200 && status < 300;
  const text = await readBoundedText(bodyOf(response), isOk ? MAX_REPLY_BYTES : MAX_ERROR_BYTES);
  if (status === TOO_MANY_REQUESTS) {
    const wait = retryAfterMs(String(headers['retry-after'] ?? ''), new Date());
    throw new TransportFault('rate-limited', 'too many requests', wait);
  }
  const answer = parseAnswer(text, id, address);
  // Some providers give their refusals a status of their own; a refusal is an answer, whatever comes with it.
  if (isOk || (answer !== null && 'error' in answer && status < 500)) {
    if (answer === null) throw new TransportFault('garbage', 'not a JSON-RPC answer to the question');
    return answer;
  }
  throw new TransportFault('status', `HTTP status ${status}`);
}

/** Unpacked where the endpoint packs its answers. Whoever stops reading it hangs up. */
function bodyOf({ headers, body }: Dispatcher.ResponseData): Readable {
  return headers['content-encoding'] === 'gzip' ? pipeline(body, createGunzip(), () => undefined) : body;
}

/** The answer to call `id` if the text is one; refusals of what could not be read at all carry no id. */
function parseAnswer(text: string, id: unknown, address: EndpointAddress): object | null {
  const answer = tryParse(text);
  if (typeof answer !== 'object' || answer === null) return null;
  const { id: answered, error } = answer as { readonly id?: unknown; readonly error?: unknown };
  if (typeof error === 'object' && error !== null) {
    if (answered !== null && answered !== undefined && answered !== id) return null;
    const { message } = error as { readonly message?: unknown };
    return { ...answer, error: { ...error, message: address.scrub(typeof message === 'string' ? message : '') } };
  }
  return answered === id && 'result' in answer ? { jsonrpc: '2.0', id, result: answer.result } : null;
}

function tryParse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/** Says what happened in our words: what the client says may quote the URL. */
function asFault(fault: unknown, signal: AbortSignal | undefined, { label }: EndpointAddress): unknown {
  if (fault instanceof TransportFault) {
    return new TransportFault(fault.kind, `${label}: ${fault.message}`, fault.retryAfterMs);
  }
  if (signal?.aborted) {
    const reason: unknown = signal.reason;
    if (!isTimeout(reason)) return reason;
    return new TransportFault('timeout', `${label}: no answer in time`);
  }
  return new TransportFault('network', `${label}: ${codeOf(fault)}`);
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function codeOf(fault: unknown): string {
  const { code } = (fault ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'the connection failed';
}
