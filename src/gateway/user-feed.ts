import type { OrderEvent } from '../orders/domain/order-events.js';
import { encodeEvent } from './gateway.messages.js';
import { type FrameSink, type LiveStream, Subscription } from './subscription.js';
import type { UserEvents } from './user-events.js';

/**
 * The live stream of one user in this process: reads each new event once and hands it to every live subscription.
 *
 * The law: a live subscription has seen everything up to `head`. It is kept because nothing awaits between the check
 * "this subscription has reached the head" and its becoming live, nor between advancing the head and pushing.
 */
export class UserFeed implements LiveStream {
  /** Last sequence pushed; null until the first subscriber knows where the stream stands. */
  private pushed: bigint | null = null;
  /** Last sequence heard of. */
  private announced = 0n;
  private reading = false;
  private readonly live = new Set<Subscription>();
  private readonly members = new Set<Subscription>();

  constructor(
    private readonly events: UserEvents,
    private readonly onError: (error: unknown) => void,
  ) {}

  get head(): bigint {
    return this.pushed ?? 0n;
  }

  /**
   * Takes part from `last` on, or from `since` with a replay.
   * @param last the last committed sequence, read after this feed began to hear notices
   */
  join(sink: FrameSink, last: bigint, since: bigint | null): Subscription {
    this.pushed ??= last;
    const subscription = new Subscription({ stream: this, events: this.events, sink, onError: this.onError }, last);
    this.members.add(subscription);
    subscription.start(since);
    void this.read();
    return subscription;
  }

  leave(subscription: Subscription): void {
    this.members.delete(subscription);
    this.live.delete(subscription);
  }

  goLive(subscription: Subscription): void {
    if (this.members.has(subscription)) this.live.add(subscription);
  }

  holdBack(subscription: Subscription): void {
    this.live.delete(subscription);
  }

  /** There may be events up to `sequence`. */
  notify(sequence: bigint): void {
    if (sequence > this.announced) this.announced = sequence;
    void this.read();
  }

  /** Goes on where failed reads stopped. */
  retry(): void {
    void this.read();
    for (const subscription of this.members) subscription.retry();
  }

  private async read(): Promise<void> {
    if (this.reading || this.pushed === null) return;
    this.reading = true;
    try {
      while (this.pushed < this.announced && this.members.size > 0) {
        const { announced } = this;
        const page = await this.events.after(this.pushed);
        for (const event of page) this.push(event);
        // A notice comes after its commit, so this one was no event of ours: ask again when there is another.
        if (page.length === 0 && this.announced === announced) this.announced = this.pushed;
      }
    } catch (error) {
      this.onError(error);
    } finally {
      this.reading = false;
    }
  }

  private push(event: OrderEvent): void {
    const frame = encodeEvent(event);
    this.pushed = event.sequence;
    for (const subscription of this.live) subscription.push(event.sequence, frame);
  }
}
