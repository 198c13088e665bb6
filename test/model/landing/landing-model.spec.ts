import { play } from './history.js';
import { MUTATIONS } from './mutations.js';
import { REAL, type Rules } from './rules.js';

const HISTORIES = process.env.LONG === '1' ? 1_000_000 : 100_000;
/** Every mutation is found long before. */
const ENOUGH = 20_000;

/** The first seed whose history breaks the promise, or null. */
function firstBroken(rules: Rules, histories: number): number | null {
  for (let seed = 0; seed < histories; seed++) if (play(seed, rules).broken.size > 0) return seed;
  return null;
}

function firstDoubleFill(rules: Rules): number | null {
  for (let seed = 0; seed < ENOUGH; seed++) if (play(seed, rules).broken.has('double-fill')) return seed;
  return null;
}

/** The history of a seed, line by line. */
function told(seed: number, rules: Rules): string {
  const log: string[] = [];
  play(seed, rules, log);
  return [`seed ${seed}`, ...log].join('\n');
}

/** Real: the rules of execution/domain. Model: the ledger and its nodes, the table, the workers, time. */
describe('the rules of landing', () => {
  it('keep every promise in every history', () => {
    const seed = firstBroken(REAL, HISTORIES);
    expect(seed === null ? null : told(seed, REAL)).toBeNull();
  });

  it('are tried by histories of every kind', () => {
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 5_000; seed++) {
      const { status, attempts } = play(seed, REAL);
      const kind = `${status} after ${attempts}`;
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    }
    console.log(outcomes);
  });

  it.each(Object.entries(MUTATIONS))('fill an order twice with %s', (_title, rules) => {
    const seed = firstDoubleFill(rules);
    console.log(seed);
    expect(seed).not.toBeNull();
  });
});
