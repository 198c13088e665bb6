import type { Attempt } from '../domain/attempt.js';
import { changing } from './attempt.store.js';

describe('the change of an attempt', () => {
  const attempt = { orderId: '01a20e94-7a8a-7620-8b81-a2736f31b79f', number: 1, state: 'sent' } as Attempt;

  it('writes the heights and slots of a proof exactly', () => {
    const parameters: unknown[] = [];
    const proof = { rule: 'R6', readings: [{ finalizedHeight: 2n ** 63n, status: null, atMs: 12.5 }] };
    changing(attempt, { state: 'expired', proof }).write((value) => `$${parameters.push(value)}`);
    expect(parameters).toContain(
      '{"rule":"R6","readings":[{"finalizedHeight":"9223372036854775808","status":null,"atMs":12.5}]}',
    );
  });
});
