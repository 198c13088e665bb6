import type { OrderId } from '../../kernel/ids.js';
import { CLOSE, encodeEvent, greeting, pong, replayComplete } from '../gateway.messages.js';
import { asyncApiDocument } from './asyncapi.js';

const at = new Date(0);
const frames = {
  connectionEstablished: greeting({ connectionId: 'c', userId: 'u', sequence: 1n }, at),
  replayComplete: replayComplete(1n, at),
  pong: pong(at),
  orderStatusUpdate: encodeEvent({
    userId: 'u',
    sequence: 1n,
    orderId: 'o' as OrderId,
    clientOrderId: null,
    previousStatus: null,
    status: 'pending',
    stage: 'queued',
    progress: 10,
    attempt: 0,
    message: 'm',
    at,
    data: {},
  }).toString(),
};

describe('the AsyncAPI document', () => {
  it.each(Object.entries(frames))('lists the members of %s as they are sent', (name, text) => {
    const { payload } = asyncApiDocument.components.messages[name as keyof typeof frames];
    expect(Object.keys(JSON.parse(text) as object)).toEqual(payload.required);
  });

  it.each(Object.values(asyncApiDocument.components.messages))(
    'shows $name with every member',
    ({ payload, examples }) => {
      expect(examples.map((example) => Object.keys(example.payload))).toEqual([payload.required]);
    },
  );

  it('gives every close code of ours a meaning', () => {
    const described = Object.keys(asyncApiDocument.channels.orders['x-close-codes']).map(Number);
    expect(described).toEqual(expect.arrayContaining(Object.values(CLOSE)));
  });
});
