import { readFileSync } from 'node:fs';
import type { Pool, QuoteResult } from '../../src/dex/domain/pool.js';
import type { SwapMode } from '../../src/dex/domain/swap.js';
import { parseVectorFile, type VectorFile } from '../../src/dex/vectors/vector-file.js';
import { SUPPORTED_VENUES } from '../../src/dex/venues/supported-venues.js';

const VENUES = SUPPORTED_VENUES.map((Venue) => new Venue({ programAccounts: () => Promise.resolve([]) }));

/** Cases of a recorded pool, by their place in the file. */
export interface RecordedSwaps {
  readonly path: string;
  readonly cases: readonly number[];
}

/** The engine's quotes of a recorded pool. */
export class RecordedQuotes {
  private readonly file: VectorFile;

  constructor(private readonly path: string) {
    this.file = parseVectorFile(readFileSync(path, 'utf8'));
  }

  /** Those that are carried out and pass so many ticks or bins. */
  swaps(swapMode: SwapMode, [least, most]: readonly [number, number] = [0, Infinity]): RecordedSwaps {
    const pool = this.decoded();
    const cases: number[] = [];
    this.file.cases.forEach((swap, index) => {
      const quote = pool.quote(swap, this.file.time);
      if (!quote.ok || swap.swapMode !== swapMode) return;
      const steps = quote.path?.steps ?? 0;
      if (steps >= least && steps <= most) cases.push(index);
    });
    return { path: this.path, cases };
  }

  /** From the decoded pool. */
  quotes({ cases }: RecordedSwaps): (() => QuoteResult)[] {
    const pool = this.decoded();
    return cases.map((index) => () => pool.quote(this.file.cases[index]!, this.file.time));
  }

  /** From account bytes. */
  quotesWithDecoding({ cases }: RecordedSwaps): (() => QuoteResult)[] {
    return cases.map((index) => () => this.decoded().quote(this.file.cases[index]!, this.file.time));
  }

  private decoded(): Pool {
    const { programId, pool, accounts } = this.file;
    const decoded = VENUES.find((venue) => venue.programId === programId)!.decode(pool, accounts);
    if (!decoded.ok) throw new Error(`the recorded pool is ${decoded.reason}`);
    return decoded.pool;
  }
}
