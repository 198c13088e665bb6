import { play } from './history.js';
import { MUTATIONS } from './mutations.js';
import { REAL, type Rules } from './rules.js';
import type { Promised } from './world.js';

const HISTORIES = process.env.LONG === '1' ? 1_000_000 : 100_000;
/** The shyest mutation shows itself about once in four thousand histories. */
const ENOUGH = 50_000;

/** The first history in which one of the promises is broken, told line by line; null when there is none. */
function firstBroken(rules: Rules, histories: number, promise?: Promised): string | null {
  for (let seed = 0; seed < histories; seed++) {
    const { broken } = play(seed, rules);
    if (promise === undefined ? broken.size > 0 : broken.has(promise)) return told(seed, rules);
  }
  return null;
}

function told(seed: number, rules: Rules): string {
  const log: string[] = [];
  play(seed, rules, log);
  return [`seed ${seed}`, ...log].join('\n');
}

/** Real: the rules of execution/domain. Model: the ledger and its nodes, the table, the workers, time. */
describe('the rules of landing', () => {
  it(`keep every promise in ${HISTORIES} histories`, () => {
    expect(firstBroken(REAL, HISTORIES)).toBeNull();
  });

  it('are tried by histories that end in every way there is', () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 2_000; seed++) {
      const { status, attempts } = play(seed, REAL);
      outcomes.add(`${status} after ${attempts}`);
    }
    const all = ['completed', 'failed', 'unknown'].flatMap((status) => [1, 2, 3].map((n) => `${status} after ${n}`));
    expect([...outcomes].sort()).toEqual([...all, 'failed after 0'].sort());
  });

  it('make the same history of the same seed', () => {
    expect(told(7, REAL)).toBe(told(7, REAL));
  });

  it.each(Object.entries(MUTATIONS))('fill an order twice with %s', (_mutation, rules) => {
    expect(firstBroken(rules, ENOUGH, 'double-fill')).toContain('BROKEN double-fill');
  });
});
