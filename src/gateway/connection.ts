import type { WebSocket } from 'ws';
import type { Clock } from '../kernel/clock.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import {
  badMessage,
  type ClientMessage,
  CLOSE,
  parseClientMessage,
  type ParsedMessage,
  pong,
  replayComplete,
} from './gateway.messages.js';
import type { GatewayTimes } from './gateway-times.js';
import { MessageBudget } from './message-budget.js';
import type { FrameSink, Subscription } from './subscription.js';

/** More than this waiting for the peer, and it is too slow. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** A replay pauses above this: it is us who are fast, not the peer who is slow. */
const REPLAY_WAITING_BYTES = 256 * 1024;
const BAD_MESSAGES = 3;

export interface ConnectionParts {
  readonly socket: WebSocket;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** One open WebSocket: bounds what it may say and what may wait for it. */
export class Connection implements FrameSink {
  private readonly budget: MessageBudget;
  private badMessages = 0;
  private heardAtMs: number;
  private pingedAtMs: number;
  /** When a replay began to wait for the peer, or last saw it take something. */
  private waitingSinceMs: number | null = null;
  private wake: ((open: boolean) => void) | null = null;
  private subscription: Subscription | null = null;
  private closing = false;

  constructor(private readonly parts: ConnectionParts) {
    const nowMs = parts.clock.monotonicMs();
    this.budget = new MessageBudget(nowMs);
    this.heardAtMs = nowMs;
    this.pingedAtMs = nowMs;
    const { socket } = parts;
    parts.metrics.socketOpened();
    socket.on('message', (data: Buffer, isBinary) => this.onMessage(data, isBinary));
    socket.on('ping', () => this.spend());
    socket.on('pong', () => this.heard());
    socket.on('close', (code) => this.onClose(code));
    // `ws` closes the connection itself (1002, 1007, 1009); without a listener the error would end the process.
    socket.on('error', () => undefined);
  }

  /** From now on `resume` works. */
  follow(subscription: Subscription): void {
    this.subscription = subscription;
  }

  send(frame: string): void {
    if (this.isOpen) this.write(Buffer.from(frame));
  }

  sendEvent(frame: Buffer, mode: 'live' | 'replay'): void {
    if (!this.isOpen) return;
    this.write(frame);
    this.parts.metrics.eventsDelivered(mode, 1);
  }

  sendReplayComplete(sequence: bigint): void {
    this.send(replayComplete(sequence, this.parts.clock.now()));
  }

  async room(): Promise<boolean> {
    if (!this.isOpen) return false;
    if (this.parts.socket.bufferedAmount <= REPLAY_WAITING_BYTES) return true;
    this.waitingSinceMs = this.parts.clock.monotonicMs();
    return new Promise((resolve) => (this.wake = resolve));
  }

  /** Refuses a message; the third closes the connection. */
  refuse(reason: string): void {
    this.badMessages += 1;
    if (this.badMessages < BAD_MESSAGES) this.send(badMessage(reason));
    else this.close(CLOSE.policyViolation, 'too many bad messages');
  }

  /** Only the first close counts; the peer may take its time to answer it. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.countClose(code);
    this.parts.socket.close(code, reason);
    this.stopWaiting(false);
  }

  terminate(): void {
    this.parts.socket.terminate();
  }

  /** Pings a quiet peer, drops a silent one, gives up a stalled replay. Called now and then for every connection. */
  sweep(nowMs: number, { pingEveryMs, dropAfterMs, stallMs }: GatewayTimes): void {
    if (nowMs - this.heardAtMs >= dropAfterMs) this.terminate();
    else if (this.waitingSinceMs !== null && nowMs - this.waitingSinceMs >= stallMs) this.closeTooSlow();
    else if (this.isOpen && nowMs - this.pingedAtMs >= pingEveryMs) {
      this.pingedAtMs = nowMs;
      this.parts.socket.ping();
    }
  }

  private get isOpen(): boolean {
    return this.parts.socket.readyState === this.parts.socket.OPEN;
  }

  private write(frame: Buffer): void {
    this.parts.socket.send(frame, { binary: false }, this.onWritten);
    if (this.parts.socket.bufferedAmount > MAX_WAITING_BYTES) this.closeTooSlow();
  }

  private readonly onWritten = (): void => {
    if (this.wake === null) return;
    this.waitingSinceMs = this.parts.clock.monotonicMs();
    if (this.parts.socket.bufferedAmount <= REPLAY_WAITING_BYTES) this.stopWaiting(true);
  };

  private stopWaiting(open: boolean): void {
    this.waitingSinceMs = null;
    this.wake?.(open);
    this.wake = null;
  }

  private onClose(code: number): void {
    this.countClose(code);
    this.parts.metrics.socketClosed();
    this.stopWaiting(false);
  }

  private countClose(code: number): void {
    if (!this.closing) this.parts.metrics.socketClosing(code);
    this.closing = true;
  }

  private closeTooSlow(): void {
    this.close(CLOSE.tooSlow, 'too slow');
  }

  private closeTooTalkative(): void {
    this.close(CLOSE.policyViolation, 'too many messages');
  }

  private heard(): void {
    this.heardAtMs = this.parts.clock.monotonicMs();
  }

  private spend(): boolean {
    this.heard();
    if (this.budget.spend(this.heardAtMs)) return true;
    this.closeTooTalkative();
    return false;
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (!this.isOpen || !this.spend()) return;
    const parsed: ParsedMessage = isBinary
      ? { ok: false, reason: 'messages are text' }
      : parseClientMessage(data.toString());
    if (parsed.ok) this.obey(parsed.message);
    else this.refuse(parsed.reason);
  }

  private obey(message: ClientMessage): void {
    if (message.type === 'ping') this.send(pong(this.parts.clock.now()));
    else if (this.subscription?.resume(message.since) === false) this.closeTooTalkative();
  }
}
