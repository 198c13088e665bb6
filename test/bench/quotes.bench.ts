import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeteoraDammV2Venue } from '../../src/dex/venues/meteora-damm-v2/venue.js';
import { MeteoraDlmmVenue } from '../../src/dex/venues/meteora-dlmm/venue.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { RaydiumClmmVenue } from '../../src/dex/venues/raydium-clmm/venue.js';
import { RaydiumCpmmVenue } from '../../src/dex/venues/raydium-cpmm/venue.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import { parseVectorFile } from '../../src/dex/vectors/vector-file.js';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const WARMUP = 20_000;
const ROUNDS = 7;
const LOOPS = 30_000;

/** Microseconds of one quote, from a decoded pool and from account bytes: recorded pools, exact-in, both directions in turn. */
export function benchQuotes(): Promise<Figure[]> {
  const offline = { programAccounts: () => Promise.resolve([]) };
  return Promise.resolve([
    ...figuresOf('cpmm', new RaydiumCpmmVenue(offline), 'raydium-cpmm/spl-25bps.json'),
    ...figuresOf('amm-v4', new RaydiumAmmV4Venue(offline), 'raydium-amm-v4/status6.json'),
    ...figuresOf('clmm', new RaydiumClmmVenue(offline), 'raydium-clmm/spacing10-5bps.json', (steps) => steps === 0),
    ...figuresOf('clmm-deep', new RaydiumClmmVenue(offline), 'raydium-clmm/spacing10-5bps.json', (steps) => steps >= 8),
    ...figuresOf('damm-v2', new MeteoraDammV2Venue(offline), 'meteora-damm-v2/constant-fee-both.json'),
    ...figuresOf('damm-v2-dynamic', new MeteoraDammV2Venue(offline), 'meteora-damm-v2/dynamic-fee-only-b-range.json'),
    ...figuresOf('dlmm', new MeteoraDlmmVenue(offline), 'meteora-dlmm/step4-gaps.json', (steps) => steps <= 3),
    ...figuresOf('dlmm-deep', new MeteoraDlmmVenue(offline), 'meteora-dlmm/step4-gaps.json', (steps) => steps >= 15),
  ]);
}

/** `hasDepth` picks swaps by the ticks or bins that they pass. */
function figuresOf(
  program: string,
  venue: Venue,
  path: string,
  hasDepth: (steps: number) => boolean = () => true,
): Figure[] {
  const file = parseVectorFile(readFileSync(join(process.cwd(), 'test', 'vectors', path), 'utf8'));
  const pool = decoded(venue, file);
  const measured = file.cases.filter((recorded) => {
    const quote = pool.quote(recorded, file.time);
    return quote.ok && hasDepth(quote.path?.steps ?? 0);
  });
  const swaps = measured.filter(({ swapMode }) => swapMode === 'ExactIn');
  const reverse = measured.filter(({ swapMode }) => swapMode === 'ExactOut');
  return [
    {
      name: `quote-${program}`,
      value: microseconds((i) => pool.quote(swaps[i % swaps.length]!, file.time)),
      unit: 'us',
    },
    {
      name: `quote-${program}-exact-out`,
      value: microseconds((i) => pool.quote(reverse[i % reverse.length]!, file.time)),
      unit: 'us',
    },
    {
      name: `decode-and-quote-${program}`,
      value: microseconds((i) => decoded(venue, file).quote(swaps[i % swaps.length]!, file.time)),
      unit: 'us',
    },
  ];
}

function decoded(venue: Venue, file: ReturnType<typeof parseVectorFile>) {
  const result = venue.decode(file.pool, file.accounts);
  if (!result.ok) throw new Error(`the recorded pool is ${result.reason}`);
  return result.pool;
}

/** The median over some rounds, each a loop long enough for the clock. */
function microseconds(run: (i: number) => unknown): number {
  for (let i = 0; i < WARMUP; i++) run(i);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < LOOPS; i++) run(i);
    return Number(process.hrtime.bigint() - start) / LOOPS / 1000;
  });
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1]!;
}
