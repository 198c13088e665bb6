import type { ChainClient } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import { ExpiryProver } from './expiry-prover.js';

const ATTEMPT = { signature: 'signature', blockhashSlot: 10n, intent: { wallet: 'wallet' } } as unknown as Attempt;

/** Fake: a node that knows nothing of the signature and notes what it is asked. */
function node(calls: unknown[][]) {
  const answer =
    <T>(name: string, value: (commitment: unknown) => T) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve(value(args[0]));
    };
  return {
    slot: answer('slot', (commitment) => (commitment === 'finalized' ? 1_151n : 9_999n)),
    blockHeight: answer('blockHeight', (commitment) => (commitment === 'finalized' ? 151n : 8_999n)),
    signatureStatuses: answer('signatureStatuses', () => ({ contextSlot: 1_160n, statuses: [null] })),
    firstAvailableBlock: answer('firstAvailableBlock', () => 7n),
    transaction: answer('transaction', () => null),
    signaturesFor: answer('signaturesFor', () => []),
  };
}

/** Fake: two such nodes, and the clock. */
function prover() {
  const calls: [unknown[][], unknown[][]] = [[], []];
  const nodes = calls.map(node);
  const chain = { nodes: () => nodes } as unknown as ChainClient;
  return { prover: new ExpiryProver(chain, { now: () => new Date(0), monotonicMs: () => 12 }), calls };
}

describe('a reading for the proof of expiry', () => {
  it('takes finalized heights first, the beginning of the history last, and asks for the signature at or past that slot', async () => {
    const { prover: sut, calls } = prover();
    await sut.read(0, ATTEMPT);
    expect(calls[0].slice(0, 2)).toEqual([
      ['slot', 'finalized'],
      ['blockHeight', 'finalized'],
    ]);
    expect(calls[0].at(-1)).toEqual(['firstAvailableBlock']);
    const past = { minContextSlot: 1_151n };
    expect(calls[0]).toContainEqual(['signatureStatuses', ['signature'], { searchHistory: true, ...past }]);
    expect(calls[0]).toContainEqual(['signaturesFor', 'wallet', { commitment: 'finalized', ...past }]);
  });

  it('asks no other node than the one it is about', async () => {
    const { prover: sut, calls } = prover();
    expect(await sut.read(1, ATTEMPT)).toEqual({
      node: 1,
      finalizedSlot: 1_151n,
      finalizedHeight: 151n,
      statusSlot: 1_160n,
      status: null,
      firstAvailableBlock: 7n,
      transactionFound: false,
      inWalletHistory: false,
      walletHistoryFrom: 10n,
      atMs: 12,
    });
    expect(calls[0]).toEqual([]);
    expect(calls[1]).toHaveLength(6);
  });
});
