import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReplayOutcome, replayVectors } from '../../src/dex/vectors/replay.js';
import { parseVectorFile } from '../../src/dex/vectors/vector-file.js';
import { SUPPORTED_VENUES } from '../../src/dex/venues/supported-venues.js';

/** Real: the venues, on bytes and outcomes recorded from the real programs. Nothing is fake. */
const venues = SUPPORTED_VENUES.map((venue) => new venue({ programAccounts: () => Promise.resolve([]) }));
const folder = join(process.cwd(), 'test', 'vectors');
const programs = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(programs.map(({ name }) => name))('recorded swaps of %s', (program) => {
  const files = readdirSync(join(folder, program)).filter((name) => name.endsWith('.json'));

  it.each(files)('%s is quoted to the base unit', (name) => {
    const outcome: ReplayOutcome = replayVectors(parseVectorFile(read(program, name)), venues);
    expect(outcome).toEqual({ kind: 'replayed', cases: expect.any(Number), mismatches: [] });
    expect(outcome.kind === 'replayed' ? outcome.cases : 0).toBeGreaterThan(0);
  });
});

describe('the replay itself', () => {
  const text = read('raydium-cpmm', 'spl-25bps.json');

  it('reports an amount that differs by one base unit', () => {
    const file = parseVectorFile(text);
    const cases = file.cases.map((c) => ({
      ...c,
      amounts: c.amounts && { ...c.amounts, outAmount: c.amounts.outAmount + 1n },
    }));
    const outcome = replayVectors({ ...file, cases }, venues);
    expect(outcome).toMatchObject({ kind: 'replayed' });
    const swapped = cases.filter((c) => c.amounts !== null).length;
    expect(outcome.kind === 'replayed' ? outcome.mismatches : []).toHaveLength(swapped);
  });

  it('reports a swap that is quoted though the program refused it, and one refused though it went through', () => {
    const file = parseVectorFile(text);
    const flipped = file.cases.map((c) => ({ ...c, amounts: c.amounts ? null : { inAmount: 1n, outAmount: 1n } }));
    const outcome = replayVectors({ ...file, cases: flipped }, venues);
    expect(outcome.kind === 'replayed' ? outcome.mismatches : []).toHaveLength(flipped.length);
  });

  it('skips programs that no venue serves, and declines only optional pools', () => {
    const file = parseVectorFile(text);
    const empty = { ...file, accounts: new Map() };
    expect(replayVectors({ ...file, programId: file.pool }, venues)).toEqual({ kind: 'skipped' });
    expect(replayVectors({ ...empty, optional: true }, venues)).toEqual({ kind: 'declined', reason: 'state-missing' });
    expect(replayVectors(empty, venues)).toMatchObject({ kind: 'replayed', cases: file.cases.length });
  });

  it.each(['', '[]', '{}', text.replace('"clock"', '"clocks"'), text.replace('"ExactIn"', '"Exact"')])(
    'says what is wrong with a malformed file (%#)',
    (broken) => expect(() => parseVectorFile(broken)).toThrow(/not JSON|missing or malformed/),
  );
});

function read(program: string, name: string): string {
  return readFileSync(join(folder, program, name), 'utf8');
}
