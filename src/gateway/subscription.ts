import { encodeEvent } from './gateway.messages.js';
import { MESSAGE_BURST } from './message-budget.js';
import { PAGE_SIZE, type UserEvents } from './user-events.js';

/** Where a subscription's frames go. */
export interface FrameSink {
  sendEvent(frame: Buffer, mode: 'live' | 'replay'): void;
  /** The replay asked for has reached `sequence`. */
  sendReplayComplete(sequence: bigint): void;
  /** Waits until a replay may go on; false when the receiver is gone. */
  room(): Promise<boolean>;
}

/** The live stream that a subscription joins once it has caught up. */
export interface LiveStream {
  /** Last sequence that live subscriptions have seen. */
  readonly head: bigint;
  goLive(subscription: Subscription): void;
  holdBack(subscription: Subscription): void;
}

/** Who takes part in a stream, and the events it can be replayed from. */
export interface SubscriptionParts {
  readonly stream: LiveStream;
  readonly events: UserEvents;
  readonly sink: FrameSink;
  readonly onError: (error: unknown) => void;
}

/** One receiver's place in its user's events: live, or catching up page by page while live events are held back. */
export class Subscription {
  private readonly requests: bigint[] = [];
  private replaying = false;
  private running = false;
  private stalled = false;

  /** `cursor`: the last sequence that the receiver knows. */
  constructor(
    private readonly parts: SubscriptionParts,
    private cursor: bigint,
  ) {}

  /** Begins where the receiver stands, or with a replay of what came after `since`. */
  start(since: bigint | null): void {
    if (since !== null) this.replayFrom(since, this.cursor);
    if (!this.replaying && this.cursor >= this.parts.stream.head) this.parts.stream.goLive(this);
    else void this.run();
  }

  /** Replays what came after `since`, after the replays asked for before. False when too many of them wait. */
  resume(since: bigint): boolean {
    if (this.requests.length >= MESSAGE_BURST) return false;
    this.requests.push(since);
    void this.run();
    return true;
  }

  /** Goes on where a failed read stopped. */
  retry(): void {
    if (this.stalled) void this.run();
  }

  push(sequence: bigint, frame: Buffer): void {
    if (sequence <= this.cursor) return;
    this.cursor = sequence;
    this.parts.sink.sendEvent(frame, 'live');
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.stalled = false;
    this.parts.stream.holdBack(this);
    try {
      await this.catchUp();
    } catch (error) {
      this.stalled = true;
      this.parts.onError(error);
    } finally {
      this.running = false;
    }
  }

  /** Ends with the receiver live, or gone. */
  private async catchUp(): Promise<void> {
    const { stream, events, sink } = this.parts;
    for (;;) {
      if (!this.replaying) await this.takeRequest();
      const page = await events.after(this.cursor);
      for (const event of page) {
        if (!(await sink.room())) return;
        this.cursor = event.sequence;
        sink.sendEvent(encodeEvent(event), 'replay');
      }
      // From here on nothing awaits: what the stream pushes next is either known already or will be pushed to us too.
      if (page.length === PAGE_SIZE || this.cursor < stream.head) continue;
      if (this.replaying) sink.sendReplayComplete(this.cursor);
      this.replaying = false;
      if (this.requests.length > 0) continue;
      stream.goLive(this);
      return;
    }
  }

  private async takeRequest(): Promise<void> {
    const [since] = this.requests;
    if (since === undefined) return;
    const last = await this.parts.events.last();
    this.requests.shift();
    this.replayFrom(since, last);
  }

  /** A `since` beyond the end means the end: what comes next is new to the receiver. */
  private replayFrom(since: bigint, last: bigint): void {
    this.cursor = since < last ? since : last;
    this.replaying = true;
  }
}
