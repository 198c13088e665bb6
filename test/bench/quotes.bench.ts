import type { QuoteResult } from '../../src/dex/domain/pool.js';
import type { Figure } from './figure.js';
import { here, inTurns } from './in-turns.js';
import { RecordedQuotes, type RecordedSwaps } from './recorded-quotes.js';
import { type SdkFunction, SdkQuotes } from './sdk-quotes.js';

interface QuoteRow {
  readonly name: string;
  readonly path: string;
  /** Only swaps that pass so many ticks or bins. */
  readonly steps?: readonly [least: number, most: number];
  readonly sdk: readonly SdkFunction[];
  /** How many times the engine's value the SDK's is meant to be at least. */
  readonly goal: number;
}

const CLMM = { path: 'raydium-clmm/spacing10-5bps.json', sdk: ['quote', 'math'], goal: 4 } as const;
const DLMM = { path: 'meteora-dlmm/step25-spot.json', sdk: ['quote'], goal: 4 } as const;
const ROWS: readonly QuoteRow[] = [
  { name: 'cpmm', path: 'raydium-cpmm/spl-25bps.json', sdk: ['quote'], goal: 1 },
  { name: 'amm-v4', path: 'raydium-amm-v4/status6.json', sdk: ['quote'], goal: 4 },
  { name: 'clmm', ...CLMM, steps: [0, 0] },
  { name: 'clmm-deep', ...CLMM, steps: [8, 12] },
  { name: 'damm-v2', path: 'meteora-damm-v2/constant-fee-both.json', sdk: ['quote', 'math'], goal: 4 },
  { name: 'damm-v2-dynamic', path: 'meteora-damm-v2/dynamic-fee-only-b-range.json', sdk: ['quote', 'math'], goal: 4 },
  { name: 'dlmm', ...DLMM, steps: [1, 3] },
  { name: 'dlmm-deep', ...DLMM, steps: [20, 25] },
];

type Say = (text: string) => void;

/** Microseconds of one quote of recorded pools, both directions in turn; exact-in from a decoded pool also beside the official SDK. */
export async function benchQuotes(say: Say): Promise<Figure[]> {
  const sdks = SdkQuotes.open();
  if (sdks === null) say('the official SDKs are not installed: quotes are measured without them');
  try {
    const figures: Figure[] = [];
    for (const row of ROWS) {
      const recorded = new RecordedQuotes(`test/vectors/${row.path}`);
      const besideSdk = sdks === null ? null : await figuresBesideSdk(row, recorded, sdks, say);
      figures.push(...(besideSdk ?? (await exactInFigures(row, recorded))), ...(await furtherFigures(row, recorded)));
    }
    return figures;
  } finally {
    sdks?.close();
  }
}

async function exactInFigures({ name, steps }: QuoteRow, recorded: RecordedQuotes): Promise<Figure[]> {
  const [value] = await inTurns([here(recorded.quotes(recorded.swaps('ExactIn', steps)))]);
  return [{ name: `quote-${name}`, value: value!, unit: 'us' }];
}

async function furtherFigures({ name, steps }: QuoteRow, recorded: RecordedQuotes): Promise<Figure[]> {
  const [exactOut, decodeAndQuote] = await inTurns([
    here(recorded.quotes(recorded.swaps('ExactOut', steps))),
    here(recorded.quotesWithDecoding(recorded.swaps('ExactIn', steps))),
  ]);
  return [
    { name: `quote-${name}-exact-out`, value: exactOut!, unit: 'us' },
    { name: `decode-and-quote-${name}`, value: decodeAndQuote!, unit: 'us' },
  ];
}

/** null, and why is said, when the SDK does not give the same amounts or fails otherwise. */
async function figuresBesideSdk(
  { name, steps, sdk, goal }: QuoteRow,
  recorded: RecordedQuotes,
  sdks: SdkQuotes,
  say: Say,
): Promise<Figure[] | null> {
  const swaps = recorded.swaps('ExactIn', steps);
  const quotes = recorded.quotes(swaps);
  try {
    for (const by of sdk) assertSameAmounts(swaps, quotes, await sdks.outAmounts(swaps, by));
    const [value, ...others] = await inTurns([here(quotes), ...sdk.map((by) => sdks.side(swaps, by))]);
    const target = `>= ${goal} times the engine`;
    return [
      { name: `quote-${name}`, value: value!, unit: 'us' },
      ...others.map((other, i) => ({
        name: `sdk-${sdk[i]!}-${name}`,
        value: other,
        unit: 'us',
        timesEngine: other / value!,
        target,
      })),
    ];
  } catch (error) {
    say(`quote-${name} is measured without its SDK: ${(error as Error).message}`);
    return null;
  }
}

/** A quote of another amount is other work, which must not be compared. */
function assertSameAmounts(
  { path, cases }: RecordedSwaps,
  quotes: readonly (() => QuoteResult)[],
  sdkAmounts: readonly bigint[],
): void {
  quotes.forEach((quote, i) => {
    const result = quote();
    const amount = result.ok ? result.outAmount : result.reason;
    if (amount === sdkAmounts[i]) return;
    throw new Error(`case ${cases[i]} of ${path} gives ${amount}, and ${sdkAmounts[i]} by the SDK`);
  });
}
