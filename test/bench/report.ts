import type { Figure } from './figure.js';
import { rounded } from './figure.js';

/** Figures as they come: one JSON line each on stdout; the table at the end goes to stderr. */
export class Report {
  private readonly figures: Figure[] = [];

  add(...figures: readonly Figure[]): void {
    for (const figure of figures) {
      const shown = {
        ...figure,
        value: rounded(figure.value),
        ...(figure.floor === undefined ? {} : { floor: rounded(figure.floor) }),
        ...(figure.ratio === undefined ? {} : { ratio: rounded(figure.ratio) }),
        ...(figure.timesEngine === undefined ? {} : { timesEngine: rounded(figure.timesEngine) }),
      };
      this.figures.push(shown);
      process.stdout.write(`${JSON.stringify(shown)}\n`);
    }
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  table(): void {
    const rows = this.figures.map(({ name, value, unit, floor, ratio, timesEngine, target }) => [
      name,
      `${value} ${unit}`,
      floor === undefined ? '' : `${floor} ${unit}`,
      ratio === undefined ? '' : String(ratio),
      timesEngine === undefined ? '' : String(timesEngine),
      target ?? '',
    ]);
    const table = [['figure', 'measured', 'floor', 'ratio', 'times engine', 'target'], ...rows];
    const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
    for (const row of table) this.say(row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  }
}
