import { faultAnswer, type PaperResponse } from '../rpc/answer.js';
import { type JsonValue, RpcCode, RpcFault } from '../rpc/json-rpc.js';
import { jsonText } from '../../json.js';

export type AnswerOne = (payload: unknown) => Promise<PaperResponse>;

/**
 * Answers the text of a request as Solana's nodes do (JSON-RPC 2.0): a batch with a list, a notification, which has no id, with
 * nothing at all (an empty text), and what is no request with the standard error codes. Never rejects.
 */
export async function answerText(text: string, answer: AnswerOne): Promise<string> {
  const body = parse(text);
  if (body instanceof RpcFault) return jsonText(faultAnswer(null, body));
  if (!Array.isArray(body)) return textOf(await answerCall(body, answer));
  if (body.length === 0) return jsonText(faultAnswer(null, invalidRequest()));
  const answers = await Promise.all(body.map((call: unknown) => answerCall(call, answer)));
  const spoken = answers.filter((one) => one !== null);
  return spoken.length === 0 ? '' : jsonText(spoken);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new RpcFault(RpcCode.ParseError, 'Parse error');
  }
}

async function answerCall(call: unknown, answer: AnswerOne): Promise<PaperResponse | null> {
  if (typeof call !== 'object' || call === null || Array.isArray(call)) return faultAnswer(null, invalidRequest());
  const { id, jsonrpc } = call as { readonly id?: unknown; readonly jsonrpc?: unknown };
  if (id === undefined) return null;
  if (!isId(id)) return faultAnswer(null, invalidRequest());
  if (jsonrpc !== '2.0') return faultAnswer(id, invalidRequest());
  return answer(call);
}

function isId(id: unknown): id is JsonValue {
  return id === null || typeof id === 'string' || typeof id === 'number';
}

function invalidRequest(): RpcFault {
  return new RpcFault(RpcCode.InvalidRequest, 'Invalid request');
}

function textOf(answer: PaperResponse | null): string {
  return answer === null ? '' : jsonText(answer);
}
