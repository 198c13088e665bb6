/** What an RPC endpoint is asked for statuses at most, over all live attempts, apart from a burst of a second's worth. */
const MOST_CALLS_PER_SECOND = 8;
/** Of those, what goes to looking at everything; the rest is for what was heard of. */
const POLL_CALLS_PER_SECOND = 5;
const BURST_MS = 1_000;
/** Slots of mainnet. */
const POLL_EVERY_MS = 400;
/** A ledger in this process costs its database a query a look: a quarter of a slot is soon enough to see one pass. */
const PAPER_POLL_MS = { least: 25, most: 400 } as const;
const LOOKS_PER_SLOT = 4;

export interface PaceSettings {
  readonly pollEveryMs: number;
  /** 0: asking costs nobody anything. */
  readonly callCostMs: number;
  readonly pollCallCostMs: number;
}

export const RPC_PACE: PaceSettings = {
  pollEveryMs: POLL_EVERY_MS,
  callCostMs: 1_000 / MOST_CALLS_PER_SECOND,
  pollCallCostMs: 1_000 / POLL_CALLS_PER_SECOND,
};

/** For the paper chain in this process, whose slots take so long. */
export function paperPace(slotMs: number): PaceSettings {
  const { least, most } = PAPER_POLL_MS;
  return { pollEveryMs: Math.min(most, Math.max(least, slotMs / LOOKS_PER_SLOT)), callCostMs: 0, pollCallCostMs: 0 };
}

/** When statuses may be asked for. Every call costs time; who has spent more than a second of it in advance has to wait. */
export class LookPace {
  private paidUntilMs = -Infinity;

  constructor(private readonly settings: PaceSettings) {}

  /** So many calls were made. Times are on the monotonic clock. */
  spend(calls: number, nowMs: number): void {
    this.paidUntilMs = Math.max(this.paidUntilMs, nowMs - BURST_MS) + calls * this.settings.callCostMs;
  }

  /** Milliseconds until one more look may be taken; 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.paidUntilMs - nowMs);
  }

  /** Pause between two looks at everything, when one takes so many calls. */
  pauseMs(calls: number): number {
    return Math.max(this.settings.pollEveryMs, calls * this.settings.pollCallCostMs);
  }
}
