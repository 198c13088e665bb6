import type { SignatureStatus } from '../../chain/chain-client.js';
import type { AttemptState } from './attempt.js';
import { LEAST_FOLLOWED_MS, type Observation, resolve, UNRESOLVED_AFTER_MS } from './resolve.js';

const FAILURE = { instructionIndex: 2, customCode: 6005, name: 'Custom' };
const attempt = (state: AttemptState = 'sent') => ({ state, lastValidBlockHeight: 150n });
const status = (commitment: SignatureStatus['commitment'], failure: SignatureStatus['failure'] = null) => ({
  slot: 20n,
  commitment,
  failure,
});
const observe = (seen: Partial<Observation> = {}): Observation => ({
  status: null,
  confirmedHeight: 100n,
  finalizedHeight: 97n,
  ageMs: 1_000,
  followedMs: 1_000_000,
  nodes: 1,
  ...seen,
});

describe('resolve', () => {
  it('keeps sending up to and including the last valid block', () => {
    expect(resolve(attempt(), observe({ confirmedHeight: 150n })).kind).toBe('keep-sending');
    expect(resolve(attempt(), observe({ confirmedHeight: 151n })).kind).toBe('wait');
  });

  it('keeps sending what was seen before and is unknown again, as long as it may still land', () => {
    for (const state of ['seen', 'confirmed', 'confirmed_error'] as const) {
      expect(resolve(attempt(state), observe({ confirmedHeight: 150n })).kind).toBe('keep-sending');
      expect(resolve(attempt(state), observe({ confirmedHeight: 151n })).kind).toBe('wait');
    }
  });

  it('asks for a proof of expiry only once the last valid block is behind the finalized height', () => {
    const past = { confirmedHeight: 154n };
    expect(resolve(attempt(), observe({ ...past, finalizedHeight: 150n })).kind).toBe('wait');
    expect(resolve(attempt(), observe({ ...past, finalizedHeight: 151n })).kind).toBe('prove-expiry');
  });

  it('never takes the silence of a single node for death once the signature was seen', () => {
    for (const state of ['seen', 'confirmed', 'confirmed_error'] as const) {
      const verdict = resolve(attempt(state), observe({ confirmedHeight: 900n, finalizedHeight: 900n }));
      expect(verdict.kind).toBe('wait');
    }
  });

  it('asks several nodes whether a sighting has become nothing', () => {
    const past = { confirmedHeight: 900n, nodes: 2 };
    expect(resolve(attempt('confirmed'), observe({ ...past, finalizedHeight: 150n })).kind).toBe('wait');
    expect(resolve(attempt('confirmed'), observe({ ...past, finalizedHeight: 151n })).kind).toBe('prove-expiry');
  });

  it('does not act on an error before it is finalized', () => {
    const verdict = resolve(attempt(), observe({ status: status('confirmed', FAILURE) }));
    expect(verdict).toMatchObject({ kind: 'advance', state: 'confirmed_error' });
    expect(resolve(attempt(), observe({ status: status('finalized', FAILURE) }))).toEqual({
      kind: 'finalized',
      slot: 20n,
      failure: FAILURE,
    });
  });

  it('records each sighting once, and a confirmation that turns into another', () => {
    expect(resolve(attempt('sent'), observe({ status: status('processed') }))).toMatchObject({ state: 'seen' });
    expect(resolve(attempt('seen'), observe({ status: status('processed') })).kind).toBe('wait');
    expect(resolve(attempt('confirmed'), observe({ status: status('processed') })).kind).toBe('wait');
    expect(resolve(attempt('confirmed_error'), observe({ status: status('confirmed') }))).toMatchObject({
      state: 'confirmed',
    });
  });

  it('asks a person after ten minutes, but believes a finalized status at any age', () => {
    expect(resolve(attempt(), observe({ ageMs: UNRESOLVED_AFTER_MS })).kind).not.toBe('give-up');
    expect(resolve(attempt(), observe({ ageMs: UNRESOLVED_AFTER_MS + 1 })).kind).toBe('give-up');
    const barelyFollowed = { ageMs: UNRESOLVED_AFTER_MS + 1, followedMs: LEAST_FOLLOWED_MS };
    expect(resolve(attempt(), observe(barelyFollowed)).kind).not.toBe('give-up');
    const late = observe({ ageMs: UNRESOLVED_AFTER_MS + 1, status: status('finalized') });
    expect(resolve(attempt('confirmed'), late).kind).toBe('finalized');
  });
});
