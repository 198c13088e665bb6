import type { ChainClient, SignatureStatus, TxSignature } from '../chain/chain-client.js';
import type { Config } from '../platform/config/config.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ToldHints } from '../../test/support/told-hints.js';
import type { Attempt, AttemptState } from './domain/attempt.js';
import type { Leases } from './leases.js';
import { StatusReader } from './status-reader.js';
import type { Tracked } from './tracked.js';
import { TrackerService } from './tracker.service.js';
import type { VerdictHandler } from './verdict-handler.js';

const LANDED: SignatureStatus = { slot: 90n, commitment: 'finalized', failure: null };
const LAST_BLOCK = 150n;
const POLL_MS = 400;

/** Fake: time, timers, a node of one height, and whatever happens to an attempt: nothing, until `isOver`. */
class Bench {
  readonly clock = new ManualClock();
  readonly hints = new ToldHints();
  /** Signatures of each status call; those that searched the history begin with `history`. */
  readonly asked: string[][] = [];
  readonly heights: string[] = [];
  readonly seen: { readonly status: SignatureStatus | null; readonly wasSeen: boolean }[] = [];
  height = 10n;
  isOver = false;
  statusOf: (signature: string, searchHistory: boolean) => SignatureStatus | null = () => null;
  /** What a status call waits for. */
  gate: Promise<void> = Promise.resolve();
  /** What acting on an attempt waits for, by signature. */
  readonly acting = new Map<string, Promise<void>>();
  readonly tracker: TrackerService;

  constructor() {
    const chain = {
      signatureStatuses: async (signatures: readonly string[], { searchHistory }: { searchHistory: boolean }) => {
        this.asked.push([...(searchHistory ? ['history'] : []), ...signatures]);
        await this.gate;
        return { contextSlot: 1n, statuses: signatures.map((one) => this.statusOf(one, searchHistory)) };
      },
      blockHeight: (commitment: string) => {
        this.heights.push(commitment);
        return Promise.resolve(this.height);
      },
    };
    const verdicts = {
      handle: async (one: Tracked, status: SignatureStatus | null) => {
        this.seen.push({ status, wasSeen: one.expiry.wasSeen });
        await this.acting.get(one.attempt.signature);
        return this.isOver;
      },
    };
    this.tracker = new TrackerService(
      new StatusReader(chain as unknown as ChainClient, this.clock, { chain: 'solana' } as Config),
      this.hints,
      verdicts as unknown as VerdictHandler,
      { forget: () => undefined } as unknown as Leases,
      this.clock,
    );
  }

  /** Lets time pass, with everything that is due in it. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= POLL_MS / 4) {
      const step = Math.min(left, POLL_MS / 4);
      this.clock.pass(step);
      await jest.advanceTimersByTimeAsync(step);
    }
  }

  /** What needs no time. */
  async settle(): Promise<void> {
    await jest.advanceTimersByTimeAsync(0);
  }
}

function attempt(signature: string, state: AttemptState = 'sent'): Attempt {
  return { signature, orderId: 'o', number: 1, state, lastValidBlockHeight: LAST_BLOCK } as unknown as Attempt;
}

describe('the tracker', () => {
  let bench: Bench;

  beforeEach(() => {
    jest.useFakeTimers();
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.tracker.stop();
    jest.useRealTimers();
  });

  it('looks at an attempt at once, and at all of them after every pause, with one call', async () => {
    bench.tracker.track(attempt('a'), 1);
    await bench.settle();
    bench.tracker.track(attempt('b'), 1);
    await bench.settle();
    expect(bench.asked).toEqual([['a'], ['b']]);
    await bench.pass(POLL_MS);
    expect(bench.asked.slice(2)).toEqual([['a', 'b']]);
    await bench.pass(POLL_MS);
    expect(bench.asked.slice(3)).toEqual([['a', 'b']]);
  });

  it('asks for 256 at once and pauses longer for more', async () => {
    for (let i = 0; i < 1_000; i++) bench.tracker.track(attempt(`a${i}`), 1);
    await bench.pass(4_000);
    const before = bench.asked.length;
    await bench.pass(8_000);
    const sizes = bench.asked.slice(before).map(({ length }) => length);
    expect(new Set(sizes)).toEqual(new Set([256, 1_000 - 3 * 256]));
    expect(sizes.length).toBeGreaterThanOrEqual(36);
    expect(sizes.length).toBeLessThanOrEqual(40);
  });

  describe('with hints', () => {
    it('looks at what the chain gave a hint of without waiting for the next poll, and at nothing else', async () => {
      bench.tracker.track(attempt('a'), 1);
      bench.tracker.track(attempt('b'), 1);
      await bench.settle();
      bench.asked.length = 0;
      bench.hints.tell('b' as TxSignature);
      await bench.settle();
      expect(bench.asked).toEqual([['b']]);
    });

    it('takes one look at a time: what is heard meanwhile shares the next one', async () => {
      let open: () => void = () => undefined;
      bench.gate = new Promise((resolve) => (open = resolve));
      for (const signature of ['a', 'b', 'c']) bench.tracker.track(attempt(signature), 1);
      bench.hints.tell('b' as TxSignature);
      bench.hints.tell('b' as TxSignature);
      await bench.settle();
      expect(bench.asked).toEqual([['a']]);
      open();
      await bench.settle();
      expect(bench.asked).toEqual([['a'], ['b', 'c']]);
    });

    it('asks no more than eight times a second, however much it hears', async () => {
      bench.tracker.track(attempt('a'), 1);
      for (let i = 0; i < 500; i++) {
        bench.hints.tell('a' as TxSignature);
        await bench.pass(20);
      }
      expect(bench.asked.length).toBeLessThanOrEqual(8 * 11 + 1);
      expect(bench.asked.length).toBeGreaterThanOrEqual(8 * 9);
    });

    it('takes a hint for a sighting, and for nothing more', async () => {
      bench.tracker.track(attempt('a'), 1);
      await bench.settle();
      bench.hints.tell('a' as TxSignature);
      await bench.settle();
      expect(bench.seen).toEqual([
        { status: null, wasSeen: false },
        { status: null, wasSeen: true },
      ]);
    });

    it('listens to what it follows, and to nothing else', async () => {
      bench.tracker.track(attempt('a'), 1);
      expect(bench.hints.watched).toEqual(['a']);
      bench.isOver = true;
      await bench.settle();
      expect(bench.hints.watched).toEqual([]);
      bench.tracker.track(attempt('b'), 1);
      await bench.tracker.stop();
      expect(bench.hints.watched).toEqual([]);
    });
  });

  describe('about heights', () => {
    it('asks once a second while something is silent, and for the finalized one when a last block has passed', async () => {
      bench.tracker.track(attempt('a'), 1);
      await bench.pass(900);
      expect(bench.heights).toEqual([]);
      await bench.pass(2_200);
      expect(bench.heights).toEqual(['confirmed', 'confirmed']);
      bench.heights.length = 0;
      bench.height = LAST_BLOCK + 1n;
      await bench.pass(1_200);
      expect(bench.heights).toEqual(['confirmed', 'finalized']);
    });

    it('asks nothing while everything is heard of', async () => {
      bench.statusOf = () => ({ ...LANDED, commitment: 'processed' });
      bench.tracker.track(attempt('a'), 1);
      await bench.pass(5_000);
      expect(bench.heights).toEqual([]);
    });
  });

  it.each<[string, AttemptState, bigint, SignatureStatus | null]>([
    ['searches the history for an attempt past its last block', 'sent', LAST_BLOCK + 1n, LANDED],
    ['searches the history for an attempt that was seen before', 'confirmed', 10n, LANDED],
    ['takes silence for an answer while the attempt may still land', 'sent', LAST_BLOCK, null],
  ])('%s', async (_title, state, height, expected) => {
    bench.height = height;
    bench.statusOf = (_, searchHistory) => (searchHistory ? LANDED : null);
    bench.tracker.track(attempt('a', state), 1);
    await bench.pass(3_000);
    expect(bench.seen.at(-1)?.status).toEqual(expected);
    expect(bench.asked.some(([first]) => first === 'history')).toBe(expected !== null);
  });

  it('looks at the others while a node keeps one attempt waiting, and at that one not again before it is done', async () => {
    let done: () => void = () => undefined;
    bench.acting.set('a', new Promise((resolve) => (done = resolve)));
    bench.tracker.track(attempt('a'), 1);
    bench.tracker.track(attempt('b'), 1);
    await bench.pass(4 * POLL_MS);
    expect(bench.asked.filter((signatures) => signatures.includes('a'))).toHaveLength(1);
    expect(bench.asked.filter((signatures) => signatures.includes('b')).length).toBeGreaterThan(1);
    done();
    await bench.pass(2 * POLL_MS);
    expect(bench.asked.filter((signatures) => signatures.includes('a')).length).toBeGreaterThan(1);
  });
});
