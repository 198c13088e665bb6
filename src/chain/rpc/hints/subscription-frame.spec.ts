import * as fc from 'fast-check';
import type { TxSignature } from '../../chain-client.js';
import { readFrame, subscribeText, unsubscribeText } from './subscription-frame.js';

const notification = (value: unknown, subscription: unknown = 7, method = 'signatureNotification') =>
  JSON.stringify({
    jsonrpc: '2.0',
    method,
    params: { result: { context: { slot: 5 }, value }, subscription },
  });

describe('frames of a subscription endpoint', () => {
  it('are asked for in the words of the protocol, ids to the last digit', () => {
    expect(JSON.parse(subscribeText(3, 'sig' as TxSignature, 'confirmed'))).toEqual({
      jsonrpc: '2.0',
      id: 3,
      method: 'signatureSubscribe',
      params: ['sig', { commitment: 'confirmed' }],
    });
    expect(unsubscribeText(4, 18_446_744_073_709_551_615n)).toContain('"params":[18446744073709551615]');
  });

  it('tell the id of a subscription, however long', () => {
    expect(readFrame('{"jsonrpc":"2.0","id":3,"result":0}')).toEqual({
      kind: 'subscribed',
      request: 3,
      subscription: 0,
    });
    expect(readFrame('{"jsonrpc":"2.0","id":3,"result":18446744073709551615}')).toEqual({
      kind: 'subscribed',
      request: 3,
      subscription: 18_446_744_073_709_551_615n,
    });
  });

  it.each(['{"id":3,"result":true}', '{"id":3,"result":false}', '{"id":3,"error":{"code":-32601}}'])(
    'answer without a subscription: %s',
    (text) => {
      expect(readFrame(text)).toEqual({ kind: 'answered', request: 3 });
    },
  );

  it('notify of a transaction that ended well or with an error', () => {
    const expected = { kind: 'notified', subscription: 7 };
    expect(readFrame(notification({ err: null }))).toEqual(expected);
    expect(readFrame(notification({ err: { InstructionError: [0, 'Custom'] } }))).toEqual(expected);
  });

  it('say nothing of the ledger when the node has merely received a transaction', () => {
    expect(readFrame(notification('receivedSignature'))).toBeNull();
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '{',
    '{"id":3}',
    '{"id":"3","result":7}',
    '{"id":null,"result":7}',
    '{"id":3,"result":-1}',
    '{"id":3,"result":1.5}',
    '{"id":3,"result":"7"}',
    '{"id":3,"error":"no"}',
    '{"method":"signatureNotification"}',
    '{"method":"signatureNotification","params":[7]}',
    '{"method":"__proto__","params":{}}',
    notification({ err: null }, 7, 'slotNotification'),
    notification({ err: null }, '7'),
    notification({ err: null }, null),
    notification(null),
    notification({}),
    notification([]),
  ])('have no meaning when they are %s', (text) => {
    expect(readFrame(text)).toBeNull();
  });

  it('never break the reader', () => {
    const frame = fc.record(
      {
        id: fc.anything(),
        result: fc.anything(),
        error: fc.anything(),
        method: fc.anything(),
        params: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      frame.map((value) => safeText(value)),
    );
    fc.assert(fc.property(text, (value) => void readFrame(value)));
  });
});

function safeText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}
