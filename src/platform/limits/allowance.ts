import type { Clock } from '../../kernel/clock.js';
import type { Limit } from './limit.js';

/** What a store answers to the wish for some of a subject's quota. */
export interface Reservation {
  /** 0 up to what was wished for. */
  readonly granted: number;
  /** What is left of the quota beyond that. */
  readonly left: number;
  readonly resetMs: number;
}

export type Reserve = (subject: string, wished: number) => Promise<Reservation>;

/** What became of a wish for one of a limit's quota. */
export interface Taken {
  readonly limit: Limit;
  readonly ok: boolean;
  /** At most: other processes take from the same quota. */
  readonly remaining: number;
  readonly resetMs: number;
}

interface Window {
  mine: number;
  readonly beyond: number;
  readonly endsAtMs: number;
}

/** A process asks the store for this part of a quota at once: a client that moves to another process may lose so much of it. */
const PARTS = 50;
const MAX_SUBJECTS = 10_000;

/**
 * One limit in one process. It reserves quota from the store in pieces and spends those by itself, so that most requests wait for
 * nothing; since nobody spends what was not reserved, all processes together never exceed the quota.
 */
export class Allowance {
  private readonly windows = new Map<string, Window>();
  private readonly reserving = new Map<string, Promise<void>>();
  private readonly piece: number;

  constructor(
    readonly limit: Limit,
    private readonly reserve: Reserve,
    private readonly clock: Clock,
  ) {
    this.piece = Math.max(1, Math.floor(limit.quota / PARTS));
  }

  /** Takes one of the subject's quota; at once, unless the store has to be asked first. */
  take(subject: string): Taken | Promise<Taken> {
    return this.takeReserved(subject) ?? this.takeRefilled(subject);
  }

  /** null when the store has to be asked. */
  private takeReserved(subject: string): Taken | null {
    const nowMs = this.clock.monotonicMs();
    const window = this.windows.get(subject);
    if (window === undefined || nowMs >= window.endsAtMs || (window.mine === 0 && window.beyond > 0)) return null;
    return this.takeFrom(window, nowMs);
  }

  private async takeRefilled(subject: string): Promise<Taken> {
    for (;;) {
      await this.refill(subject);
      const taken = this.takeReserved(subject);
      if (taken !== null) return taken;
    }
  }

  /** Requests that come meanwhile wait for the same piece. */
  private async refill(subject: string): Promise<void> {
    const running = this.reserving.get(subject) ?? this.reservePiece(subject);
    this.reserving.set(subject, running);
    try {
      await running;
    } finally {
      this.reserving.delete(subject);
    }
  }

  private async reservePiece(subject: string): Promise<void> {
    const { granted, left, resetMs } = await this.reserve(subject, this.piece);
    this.windows.delete(subject);
    this.windows.set(subject, {
      mine: granted,
      beyond: left,
      endsAtMs: this.clock.monotonicMs() + Math.max(1, resetMs),
    });
    const [oldest] = this.windows.keys();
    if (this.windows.size > MAX_SUBJECTS && oldest !== undefined) this.windows.delete(oldest);
  }

  private takeFrom(window: Window, nowMs: number): Taken {
    const ok = window.mine > 0;
    if (ok) window.mine -= 1;
    return { limit: this.limit, ok, remaining: window.mine + window.beyond, resetMs: window.endsAtMs - nowMs };
  }
}
