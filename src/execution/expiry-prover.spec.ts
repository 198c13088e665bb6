import type { ChainClient } from '../chain/chain-client.js';
import type { Attempt } from './domain/attempt.js';
import { ExpiryProver } from './expiry-prover.js';

const ATTEMPT = {
  signature: 'signature',
  state: 'sent',
  blockhashSlot: 100n,
  lastValidBlockHeight: 150n,
  intent: { wallet: 'wallet' },
} as unknown as Attempt;

/** Fake: a node past the last valid block that knows nothing of the signature, and the clock. */
function prover({ finalized = 151n, found = false } = {}) {
  const calls: unknown[][] = [];
  const answer =
    <T>(name: string, value: (commitment: unknown) => T) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve(value(args[0]));
    };
  const chain = {
    slot: answer('slot', (commitment) => (commitment === 'finalized' ? 1_151n : 9_999n)),
    blockHeight: answer('blockHeight', (commitment) => (commitment === 'finalized' ? finalized : 8_999n)),
    signatureStatuses: answer('signatureStatuses', () => ({ contextSlot: 1_160n, statuses: [null] })),
    firstAvailableBlock: answer('firstAvailableBlock', () => 0n),
    transaction: answer('transaction', () => (found ? {} : null)),
    signaturesFor: answer('signaturesFor', () => []),
  };
  let now = 0;
  const clock = { now: () => new Date(now), monotonicMs: () => now };
  const wait = (ms: number) => (now += ms);
  return { prover: new ExpiryProver(chain as unknown as ChainClient, clock), calls, wait };
}

describe('the proof of expiry', () => {
  it('reads finalized heights first, then asks for the signature at or past that slot', async () => {
    const { prover: sut, calls } = prover();
    await sut.step(ATTEMPT, null);
    expect(calls.slice(0, 2)).toEqual([
      ['slot', 'finalized'],
      ['blockHeight', 'finalized'],
    ]);
    expect(calls).toContainEqual(['signatureStatuses', ['signature'], { searchHistory: true, minContextSlot: 1_151n }]);
    expect(calls).toContainEqual(['signaturesFor', 'wallet', { commitment: 'finalized', minContextSlot: 1_151n }]);
  });

  it('begins with nothing while only the tip is past the last valid block', async () => {
    const { prover: sut } = prover({ finalized: 150n });
    expect(await sut.step(ATTEMPT, null)).toEqual({ first: null, proof: null, sighted: false });
  });

  it('asks no second time before two seconds have passed, and then is complete', async () => {
    const { prover: sut, calls, wait } = prover();
    const { first, proof } = await sut.step(ATTEMPT, null);
    expect(proof).toBeNull();
    const asked = calls.length;
    wait(1_999);
    expect(await sut.step(ATTEMPT, first)).toEqual({ first, proof: null, sighted: false });
    expect(calls).toHaveLength(asked);
    wait(1);
    expect((await sut.step(ATTEMPT, first)).proof).toEqual([first, { ...first, atMs: 2_000 }]);
  });

  it('tells when it came upon the signature', async () => {
    const { prover: sut } = prover({ found: true });
    expect(await sut.step(ATTEMPT, null)).toEqual({ first: null, proof: null, sighted: true });
  });
});
