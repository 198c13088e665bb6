import fc from 'fast-check';
import type { OrderId } from '../kernel/ids.js';
import type { OrderEvent } from '../orders/domain/order-events.js';
import type { FrameSink, Subscription } from './subscription.js';
import { PAGE_SIZE, type UserEvents } from './user-events.js';
import { UserFeed } from './user-feed.js';

/** Real: feed and subscriptions. Fake: the event table, whose reads end when the test says so, and the receivers. */
class Table implements UserEvents {
  committed = 0n;
  failing = false;
  private readonly waiting: (() => void)[] = [];

  async after(sequence: bigint): Promise<OrderEvent[]> {
    const read = () => range(sequence + 1n, this.committed, PAGE_SIZE).map(event);
    return this.answer(read);
  }

  async last(): Promise<bigint> {
    return this.answer(() => this.committed);
  }

  /** Lets one read that is under way see the table as it is now; its answer arrives some microtasks later. */
  answerOne(index: number): void {
    this.waiting.splice(index % Math.max(1, this.waiting.length), 1)[0]?.();
  }

  get pending(): number {
    return this.waiting.length;
  }

  private async answer<T>(read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push(() => (this.failing ? reject(new Error('table away')) : resolve(read())));
    });
  }
}

class Receiver implements FrameSink {
  readonly seen: bigint[] = [];
  readonly replays: { sequence: bigint; afterEvents: number }[] = [];
  subscription!: Subscription;
  full = false;
  private wake: (() => void) | null = null;

  constructor(readonly from: bigint) {}

  sendEvent(frame: Buffer): void {
    this.seen.push(BigInt((JSON.parse(frame.toString()) as { sequence: number }).sequence));
  }

  sendReplayComplete(sequence: bigint): void {
    this.replays.push({ sequence, afterEvents: this.seen.length });
  }

  async room(): Promise<boolean> {
    while (this.full) await new Promise<void>((resolve) => (this.wake = resolve));
    return true;
  }

  drain(): void {
    this.full = false;
    this.wake?.();
  }
}

function event(sequence: bigint): OrderEvent {
  return {
    userId: 'u',
    sequence,
    orderId: 'o' as OrderId,
    clientOrderId: null,
    previousStatus: null,
    status: 'pending',
    stage: 'queued',
    progress: 10,
    attempt: 0,
    message: 'm',
    at: new Date(0),
    data: {},
  };
}

function range(from: bigint, to: bigint, limit = Infinity): bigint[] {
  const numbers: bigint[] = [];
  for (let n = from; n <= to && numbers.length < limit; n++) numbers.push(n);
  return numbers;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function finish(table: Table, feed: UserFeed, receivers: readonly Receiver[]): Promise<void> {
  table.failing = false;
  for (const receiver of receivers) receiver.drain();
  // What failed has to be known as failed before it can be retried.
  await settle();
  feed.notify(table.committed);
  feed.retry();
  await settle();
  while (table.pending > 0) {
    table.answerOne(0);
    await settle();
  }
}

function setUp(committed = 0n) {
  const table = new Table();
  table.committed = committed;
  const feed = new UserFeed(table, () => undefined);
  const join = (since: bigint | null) => {
    const last = table.committed;
    const receiver = new Receiver(since === null || since > last ? last : since);
    receiver.subscription = feed.join(receiver, last, since);
    return receiver;
  };
  return { table, feed, join };
}

describe('UserFeed', () => {
  it('reads an event once, however many receivers there are', async () => {
    const { table, feed, join } = setUp();
    const receivers = [join(null), join(null), join(null)];
    table.committed = 2n;
    feed.notify(1n);
    feed.notify(2n);
    expect(table.pending).toBe(1);
    await finish(table, feed, receivers);
    for (const { seen } of receivers) expect(seen).toEqual([1n, 2n]);
  });

  it('completes a replay from beyond the end at once, with the end, and goes live from there', async () => {
    const { table, feed, join } = setUp(3n);
    const receiver = join(99n);
    await finish(table, feed, [receiver]);
    expect(receiver.replays).toEqual([{ sequence: 3n, afterEvents: 0 }]);
    table.committed = 4n;
    await finish(table, feed, [receiver]);
    expect(receiver.seen).toEqual([4n]);
  });

  it('replays more than one page, and only then says so', async () => {
    const end = BigInt(PAGE_SIZE * 2 + 1);
    const { table, feed, join } = setUp(end);
    const receiver = join(0n);
    await finish(table, feed, [receiver]);
    expect(receiver.seen).toEqual(range(1n, end));
    expect(receiver.replays).toEqual([{ sequence: end, afterEvents: Number(end) }]);
  });

  it('answers every resume, one after the other', async () => {
    const { table, feed, join } = setUp(2n);
    const receiver = join(0n);
    receiver.subscription.resume(1n);
    receiver.subscription.resume(2n);
    await finish(table, feed, [receiver]);
    expect(receiver.seen).toEqual([1n, 2n, 2n]);
    expect(receiver.replays.map(({ sequence }) => sequence)).toEqual([2n, 2n, 2n]);
  });

  it('refuses a resume when too many wait', () => {
    const { join } = setUp(2n);
    const receiver = join(null);
    const answers = Array.from({ length: 41 }, () => receiver.subscription.resume(0n));
    expect(answers.indexOf(false)).toBe(40);
  });

  it('does not ask again for ever when a notice was no event', async () => {
    const { table, feed, join } = setUp();
    const receiver = join(null);
    feed.notify(7n);
    await finish(table, feed, [receiver]);
    expect(receiver.seen).toEqual([]);
    expect(table.pending).toBe(0);
  });

  it('gives every receiver the gapless sequence exactly once, whatever the interleaving', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('commit' as const),
          count: fc.constantFrom(1, 3, 150),
          told: fc.boolean(),
        }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('answer' as const), index: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), since: fc.option(fc.nat(400)) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), on: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('full' as const), who: fc.nat(5), on: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('retry' as const) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { table, feed, join } = setUp();
        const receivers: Receiver[] = [];
        for (const each of steps) {
          if (each.kind === 'commit') {
            table.committed += BigInt(each.count);
            if (each.told) feed.notify(table.committed);
          } else if (each.kind === 'answer') table.answerOne(each.index);
          else if (each.kind === 'join') receivers.push(join(each.since === null ? null : BigInt(each.since)));
          else if (each.kind === 'fail') table.failing = each.on;
          else if (each.kind === 'retry') feed.retry();
          else if (each.kind === 'settle') await settle();
          else {
            const receiver = receivers[each.who % Math.max(1, receivers.length)];
            if (each.on && receiver) receiver.full = true;
            else receiver?.drain();
          }
        }
        await finish(table, feed, receivers);
        for (const receiver of receivers) {
          expect(receiver.seen).toEqual(range(receiver.from + 1n, table.committed));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('answers each resume with everything after it while events flow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ commit: fc.nat(3), resume: fc.option(fc.nat(10)), answers: fc.nat(3) }), {
          maxLength: 30,
        }),
        async (steps) => {
          const { table, feed, join } = setUp(10n);
          const receiver = join(null);
          let asked = 0;
          for (const { commit, resume, answers } of steps) {
            table.committed += BigInt(commit);
            feed.notify(table.committed);
            if (resume !== null && receiver.subscription.resume(BigInt(resume))) asked += 1;
            for (let i = 0; i < answers; i++) {
              table.answerOne(i);
              await settle();
            }
          }
          await finish(table, feed, [receiver]);
          expect(receiver.replays).toHaveLength(asked);
          // Up to a replay's end and from there to the next jump back, the stream is gapless.
          const jumps = receiver.seen.flatMap((sequence, i) =>
            i > 0 && sequence !== receiver.seen[i - 1]! + 1n ? [i] : [],
          );
          for (const i of jumps) expect(receiver.seen[i]!).toBeLessThanOrEqual(receiver.seen[i - 1]!);
          if (table.committed > 10n) expect(receiver.seen.at(-1)).toBe(table.committed);
        },
      ),
      { numRuns: 200 },
    );
  });
});
