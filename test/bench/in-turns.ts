import { median } from './figure.js';
import { timed, warmUp } from './sdk/loop.mjs';

const WARM_UP_MS = 300;
const ROUND_MS = 100;
const ROUNDS = 7;

/** Quotes that are measured here or in another process. */
export interface Side {
  /** Runs all quotes in turn for at least `ms`, and answers how many times. */
  warmUp(ms: number): number | Promise<number>;
  /** Microseconds of one quote, all of them run in turn `passes` times. */
  timed(passes: number): number | Promise<number>;
}

export function here(quotes: readonly (() => unknown)[]): Side {
  return { warmUp: (ms) => warmUp(quotes, ms), timed: (passes) => timed(quotes, passes) };
}

/** Microseconds of each side's quotes: the median of rounds that take turns, each long enough for the clock. */
export async function inTurns(sides: readonly Side[]): Promise<number[]> {
  const measured: { side: Side; passes: number; rounds: number[] }[] = [];
  for (const side of sides) {
    const passes = ((await side.warmUp(WARM_UP_MS)) * ROUND_MS) / WARM_UP_MS;
    measured.push({ side, passes: Math.max(1, Math.round(passes)), rounds: [] });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { side, passes, rounds } of measured) rounds.push(await side.timed(passes));
  }
  return measured.map(({ rounds }) => median(rounds));
}
