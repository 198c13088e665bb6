/** One measured number. `floor` was measured in the same run, in turns, and `ratio` is value over floor. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: number;
  readonly ratio?: number;
  /** Of an official SDK: its value over the engine's for the same swaps, measured in the same run, in turns. */
  readonly timesEngine?: number;
  /** What the project asks for, as text; a benchmark reports, it does not judge. */
  readonly target?: string;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest-rank percentile. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((p / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** Three significant digits are more than a shared machine can repeat. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
