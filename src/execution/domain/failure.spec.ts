import { meaningOfFailure } from './failure.js';

const custom = (customCode: number) => ({ instructionIndex: 3, customCode, name: 'Custom' });

describe('meaningOfFailure', () => {
  it.each([
    ['slippage-exceeded', 'slippage-exceeded', true],
    ['pool-refused', 'transaction-failed', true],
    ['insufficient-funds', 'insufficient-funds', false],
    ['unknown', 'transaction-failed', false],
  ] as const)('reads %s as %s, retry %p', (meaning, code, retry) => {
    expect(meaningOfFailure(custom(6005), 'raydium cpmm', meaning)).toMatchObject({ code, retry });
  });

  it.each(['InsufficientFundsForFee', 'InsufficientFundsForRent', 'AccountNotFound'])(
    'reads the runtime error %s as a wallet that cannot pay',
    (name) => {
      const failure = { instructionIndex: null, customCode: null, name };
      expect(meaningOfFailure(failure, 'transaction', undefined)).toMatchObject({
        code: 'insufficient-funds',
        retry: false,
      });
    },
  );

  it('never retries an error of a program that it does not know', () => {
    expect(meaningOfFailure(custom(1), 'somebody', undefined)).toMatchObject({
      code: 'transaction-failed',
      retry: false,
    });
  });
});
