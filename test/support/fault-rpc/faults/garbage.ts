import type { JsonValue } from '../../../../src/chain/json.js';
import { type Fault, type Share, sharing } from '../fault.js';
import { plain, result } from '../reply.js';

const FIFTY_MEGABYTES = 50 * 1024 * 1024;

/** No JSON-RPC, or not to this question. */
const NONSENSE = [
  '',
  'null',
  '[]',
  '{',
  '{}',
  '"ok"',
  '<html>Bad gateway</html>',
  '{"jsonrpc":"2.0","id":"another","result":1}',
  '{"jsonrpc":"2.0","id":null,"result":1}',
  '['.repeat(10_000),
  '\ufffd\u0000\ufffd',
];

/** Results that no method has. */
const MISSHAPEN: readonly JsonValue[] = [
  [[]],
  {},
  '',
  -1,
  true,
  0.5,
  { context: {}, value: null },
  { context: { slot: '7' }, value: [] },
  { context: { slot: -7 }, value: {} },
  { context: null, value: [null] },
  { context: { slot: 0.5 }, value: [[]] },
];

/** Answers with text that is no answer, another one each time. */
export function garbage(share: Share = {}): Fault {
  let times = 0;
  return sharing(share, () => plain(200, NONSENSE[times++ % NONSENSE.length], JSON_TYPE));
}

/** Answers with results of a wrong shape, another one each time. */
export function wrongShapes(share: Share = {}): Fault {
  let times = 0;
  return sharing(share, (call) => result(call, MISSHAPEN[times++ % MISSHAPEN.length] ?? null));
}

/** Answers with fifty megabytes. */
export function hugeReplies(share: Share = {}): Fault {
  const body = Buffer.alloc(FIFTY_MEGABYTES, ' ');
  return sharing(share, () => plain(200, body, JSON_TYPE));
}

const JSON_TYPE = { 'content-type': 'application/json' };
