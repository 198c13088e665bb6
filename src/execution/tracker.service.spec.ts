import { eventually } from '../../test/support/eventually.js';
import type { ChainClient, SignatureStatus, TxSignature } from '../chain/chain-client.js';
import type { Attempt, AttemptState } from './domain/attempt.js';
import type { Leases } from './leases.js';
import type { Tracked } from './tracked.js';
import { TrackerService } from './tracker.service.js';
import type { VerdictHandler } from './verdict-handler.js';

const LANDED: SignatureStatus = { slot: 90n, commitment: 'finalized', failure: null };
const LAST_BLOCK = 150n;

/** Fake: a node that has forgotten all recent statuses and finds what landed in its history only. */
function tracker(height: bigint) {
  const chain = {
    signatureStatuses: (signatures: readonly string[], { searchHistory }: { searchHistory: boolean }) =>
      Promise.resolve({ contextSlot: height, statuses: signatures.map(() => (searchHistory ? LANDED : null)) }),
    blockHeight: () => Promise.resolve(height),
  };
  let handled = 0;
  const looks: (SignatureStatus | null)[] = [];
  let wake: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => (wake = resolve));
  const verdicts = {
    handle: (_one: unknown, status: SignatureStatus | null) => {
      looks.push(status);
      handled += 1;
      if (handled === 2) wake();
      return Promise.resolve(handled === 2);
    },
  };
  const service = new TrackerService(
    chain as unknown as ChainClient,
    verdicts as unknown as VerdictHandler,
    { forget: () => undefined } as unknown as Leases,
    { monotonicMs: () => 0, now: () => new Date(0) },
  );
  return { service, looks, enough };
}

function attempt(state: AttemptState): Attempt {
  return { signature: 'a', orderId: 'o', number: 1, state, lastValidBlockHeight: LAST_BLOCK } as unknown as Attempt;
}

/** Fake: a node that knows nothing, and verdicts of which some are never done. */
function kept(waiting: readonly string[]) {
  const handled: string[] = [];
  const chain = {
    signatureStatuses: (signatures: readonly string[]) =>
      Promise.resolve({ contextSlot: 1n, statuses: signatures.map(() => null) }),
    blockHeight: () => Promise.resolve(1n),
  };
  const verdicts = {
    handle: ({ attempt: { signature } }: Tracked) => {
      handled.push(signature);
      return waiting.includes(signature) ? new Promise(() => undefined) : Promise.resolve(false);
    },
  };
  const service = new TrackerService(
    chain as unknown as ChainClient,
    verdicts as unknown as VerdictHandler,
    { forget: () => undefined } as unknown as Leases,
    { monotonicMs: () => 0, now: () => new Date(0) },
  );
  return { service, handled };
}

describe('the tracker', () => {
  it('looks at the others while a node keeps one attempt waiting, and at that one not again before it is done', async () => {
    const { service, handled } = kept(['a']);
    service.track({ ...attempt('sent'), signature: 'a' as TxSignature }, 1);
    service.track({ ...attempt('sent'), signature: 'b' as TxSignature }, 1);
    await eventually(() => expect(handled.filter((one) => one === 'b').length).toBeGreaterThan(2));
    expect(handled.filter((one) => one === 'a')).toHaveLength(1);
    void service.stop();
  });

  it.each<[string, AttemptState, bigint, (SignatureStatus | null)[]]>([
    ['searches the history for an attempt past its last block', 'sent', LAST_BLOCK + 1n, [null, LANDED]],
    ['searches the history for an attempt that was seen before', 'confirmed', 10n, [LANDED, LANDED]],
    ['takes silence for an answer while the attempt may still land', 'sent', LAST_BLOCK, [null, null]],
  ])('%s', async (_title, state, height, expected) => {
    const { service, looks, enough } = tracker(height);
    service.track(attempt(state), 1);
    await enough;
    await service.stop();
    expect(looks).toEqual(expected);
  });
});
