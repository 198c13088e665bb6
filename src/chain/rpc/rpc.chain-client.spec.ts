import { signedWire, TestWallet } from '../../../test/support/paper-sandbox.js';
import type { TxSignature } from '../chain-client.js';
import { memo } from '../instructions.js';
import { RpcChainClient } from './rpc.chain-client.js';
import { readTransactionFailure } from './transaction-failure.js';

/** Real: the client and kit. Fake: the node, which gives one answer to everything. */
const wire = signedWire(new TestWallet(), [memo('x')]);

function over(answer: object | Error): RpcChainClient {
  return new RpcChainClient(<T>() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as T)));
}

const refused = (code: number, data?: object) => over({ jsonrpc: '2.0', id: 1, error: { code, message: 'no', data } });
const send = (client: RpcChainClient) => client.send(wire, { skipPreflight: false });

// Kit's own error texts are there only outside production, and nothing here may depend on them.
describe.each(['test', 'production'])('with NODE_ENV=%s', (environment) => {
  const before = process.env.NODE_ENV;
  beforeAll(() => void (process.env.NODE_ENV = environment));
  afterAll(() => void (process.env.NODE_ENV = before));

  it('a preflight refusal is a value', async () => {
    const failed = refused(-32002, { err: { InstructionError: [3, { Custom: 6005 }] }, logs: [] });
    expect(await send(failed)).toEqual({ instructionIndex: 3, customCode: 6005, name: 'Custom' });
    const named = refused(-32002, { err: 'BlockhashNotFound' });
    expect(await send(named)).toEqual({ instructionIndex: null, customCode: null, name: 'BlockhashNotFound' });
  });

  it('a transaction that the network has already counts as sent', async () => {
    expect(await send(refused(-32002, { err: 'AlreadyProcessed' }))).toBeNull();
  });

  it.each([-32002, -32005, -32016, -32000, -32429, 429, -32603])('error %d without data is a fault', async (code) => {
    await expect(send(refused(code))).rejects.toMatchObject({
      code: 'chain-unavailable',
      details: { cause: { code } },
    });
    await expect(refused(code).slot('confirmed')).rejects.toMatchObject({ code: 'chain-unavailable' });
  });

  it('a transport that fails is a fault, and so is garbage', async () => {
    await expect(over(new Error('socket hang up')).genesisHash()).rejects.toMatchObject({ code: 'chain-unavailable' });
    await expect(
      over({ jsonrpc: '2.0', id: 1, result: 5 }).latestBlockhash({ commitment: 'confirmed' }),
    ).rejects.toMatchObject({
      code: 'chain-unavailable',
    });
  });

  it('statuses of a node that lags are a fault', async () => {
    const answer = { jsonrpc: '2.0', id: 1, result: { context: { slot: 9 }, value: [null] } };
    const ask = (minContextSlot: bigint) =>
      over(answer).signatureStatuses(['x' as TxSignature], { searchHistory: true, minContextSlot });
    await expect(ask(10n)).rejects.toMatchObject({ code: 'chain-unavailable' });
    expect(await ask(9n)).toEqual({ contextSlot: 9n, statuses: [null] });
  });
});

it.each([
  [null, null],
  ['AccountInUse', { instructionIndex: null, customCode: null, name: 'AccountInUse' }],
  [
    { InsufficientFundsForRent: { account_index: 2 } },
    { instructionIndex: null, customCode: null, name: 'InsufficientFundsForRent' },
  ],
  [
    { InstructionError: [1, 'InvalidAccountData'] },
    { instructionIndex: 1, customCode: null, name: 'InvalidAccountData' },
  ],
  [{ InstructionError: [0, { BorshIoError: 'x' }] }, { instructionIndex: 0, customCode: null, name: 'BorshIoError' }],
  [{ InstructionError: [0, { Custom: 1 }] }, { instructionIndex: 0, customCode: 1, name: 'Custom' }],
])('a transaction error %j reads as %j', (error, failure) => {
  expect(readTransactionFailure(error)).toEqual(failure);
});
