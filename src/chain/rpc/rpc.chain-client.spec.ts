import { signedWire, TestWallet } from '../../../test/support/paper-sandbox.js';
import type { TxSignature } from '../chain-client.js';
import { memo } from '../instructions.js';
import { decodeWire } from '../message.js';
import { SYSTEM_PROGRAM as SYSTEM } from '../programs.js';
import { signatureOf } from '../transaction.js';
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

it.each<[unknown]>([
  [undefined],
  [5],
  [true],
  [[]],
  [{}],
  [{ A: 1, B: 2 }],
  [{ InstructionError: 3 }],
  [{ InstructionError: [1] }],
  [{ InstructionError: ['x', 'InvalidAccountData'] }],
  [{ InstructionError: [-1, 'InvalidAccountData'] }],
  [{ InstructionError: [1, { Custom: 'x' }] }],
  [{ InstructionError: [1, null] }],
])('%j is no transaction error, neither a good outcome nor a bad one', (error) => {
  expect(() => readTransactionFailure(error)).toThrow(RangeError);
});

const answered = (result: unknown) => over({ jsonrpc: '2.0', id: 1, result });
const SLOT = 9n;
const inContext = (value: unknown) => answered({ context: { slot: SLOT }, value });

describe('the status of a signature', () => {
  const STATUS = { slot: 5n, confirmations: 1n, err: null, confirmationStatus: 'confirmed' };
  const statusOf = (status: unknown) =>
    inContext([status])
      .signatureStatuses(['x' as TxSignature], { searchHistory: true })
      .then(({ statuses }) => statuses[0]);

  it('is read as the node tells it; one rooted long ago is final, whose commitment it leaves out', async () => {
    expect(await statusOf(STATUS)).toEqual({ slot: 5n, commitment: 'confirmed', failure: null });
    const rooted = { ...STATUS, confirmations: null, confirmationStatus: null };
    expect(await statusOf(rooted)).toMatchObject({ commitment: 'finalized' });
  });

  it.each<[string, object | number | string]>([
    ['that is a number', 5],
    ['that is a text', 'finalized'],
    ['without anything', {}],
    ['without an outcome', { ...STATUS, err: undefined }],
    ['with a nonsensical outcome', { ...STATUS, confirmationStatus: 'finalized', err: 5 }],
    ['with an empty outcome', { ...STATUS, confirmationStatus: 'finalized', err: {} }],
    ['without a commitment', { ...STATUS, confirmationStatus: null }],
    ['with an unknown commitment', { ...STATUS, confirmationStatus: 'certain' }],
    ['without a slot', { ...STATUS, slot: undefined }],
    ['with a slot that is no number', { ...STATUS, slot: '5' }],
  ])('%s is a fault', async (_, status) => {
    await expect(statusOf(status)).rejects.toMatchObject({ code: 'chain-unavailable' });
  });
});

describe('a landed transaction', () => {
  const others = decodeWire(Buffer.from(wire, 'base64'))
    .message.accounts.slice(1)
    .map(() => 1n);
  const META = {
    err: null,
    fee: 5_000n,
    logMessages: [],
    preBalances: [9_000n, ...others],
    postBalances: [4_000n, ...others],
    preTokenBalances: [],
    postTokenBalances: [],
  };
  const landed = (change: object, meta: object | null) =>
    answered({ slot: 5n, transaction: [wire, 'base64'], meta, ...change }).transaction(signatureOf(wire), 'finalized');

  it('is read with its balances', async () => {
    const { slot, lamports, failure } = (await landed({}, META))!;
    expect([slot, failure, [...lamports.values()][0]]).toEqual([5n, null, { before: 9_000n, after: 4_000n }]);
  });

  it('that is another one is a fault', async () => {
    const other = signedWire(new TestWallet(), [memo('y')]);
    await expect(landed({ transaction: [other, 'base64'] }, META)).rejects.toMatchObject({ code: 'chain-unavailable' });
  });

  it.each<[string, object, object | null]>([
    ['metadata', {}, null],
    ['a slot', { slot: null }, META],
    ['bytes', { transaction: [] }, META],
    ['an outcome', {}, { ...META, err: undefined }],
    ['a fee', {}, { ...META, fee: 'x' }],
    ['the balances of every account', {}, { ...META, preBalances: [9_000n] }],
    ['any balances', {}, { ...META, postBalances: null }],
    ['balances that are numbers', {}, { ...META, postBalances: [4_000n, ...others.map(() => null)] }],
  ])('without %s is a fault', async (_, change, meta) => {
    await expect(landed(change, meta)).rejects.toMatchObject({ code: 'chain-unavailable' });
  });
});

it.each<[string, () => Promise<unknown>]>([
  [
    'a blockhash that is none',
    () => inContext({ blockhash: 'x', lastValidBlockHeight: 9n }).latestBlockhash({ commitment: 'confirmed' }),
  ],
  [
    'an account in another encoding',
    () => {
      const account = { owner: SYSTEM, lamports: 1n, data: ['x', 'base58'] };
      return inContext([account]).accounts([SYSTEM], { commitment: 'confirmed' });
    },
  ],
  [
    'an account without lamports',
    () => inContext([{ owner: SYSTEM, data: ['', 'base64'] }]).accounts([SYSTEM], { commitment: 'confirmed' }),
  ],
  [
    'a simulation without an outcome',
    () => inContext({ logs: [], unitsConsumed: 5n }).simulate(wire, { commitment: 'confirmed' }),
  ],
  [
    'a simulation that used no number of units',
    () => inContext({ err: null, logs: [], unitsConsumed: 'x' }).simulate(wire, { commitment: 'confirmed' }),
  ],
  [
    'a simulation that went well and used no units',
    () => inContext({ err: null, logs: [] }).simulate(wire, { commitment: 'confirmed' }),
  ],
  ['a history without signatures', () => answered([{ slot: 5n }]).signaturesFor(SYSTEM, { commitment: 'finalized' })],
])('%s is a fault', async (_, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'chain-unavailable' });
});

describe('an answer from before the slot asked for', () => {
  const asked: readonly [string, (minContextSlot: bigint) => Promise<unknown>][] = [
    [
      'to the latest blockhash',
      (minContextSlot) =>
        inContext({ blockhash: SYSTEM, lastValidBlockHeight: 9n }).latestBlockhash({
          commitment: 'confirmed',
          minContextSlot,
        }),
    ],
    [
      'to accounts',
      (minContextSlot) => inContext([null]).accounts([SYSTEM], { commitment: 'confirmed', minContextSlot }),
    ],
    [
      'to a simulation',
      (minContextSlot) =>
        inContext({ err: null, logs: [], unitsConsumed: 5n }).simulate(wire, {
          commitment: 'confirmed',
          minContextSlot,
        }),
    ],
    ['to statuses', (minContextSlot) => inContext([]).signatureStatuses([], { searchHistory: true, minContextSlot })],
  ];

  it.each(asked)('%s is a fault, whoever left the option out on its way', async (_, ask) => {
    await expect(ask(SLOT + 1n)).rejects.toMatchObject({ code: 'chain-unavailable' });
    await expect(ask(SLOT)).resolves.toMatchObject({ contextSlot: SLOT });
  });
});
