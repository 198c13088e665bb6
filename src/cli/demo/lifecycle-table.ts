import type { UpdateFrame } from './order-client.js';

const BAR_WIDTH = 20;
const WIDTHS = { order: 26, status: 10, stage: 11 };

interface Row {
  readonly title: string;
  readonly startedAt: number;
  last: UpdateFrame | null;
}

/** The two orders and all that happens to them: a table that stays in place in a terminal, a line an event elsewhere. */
export class LifecycleTable {
  private readonly rows = new Map<string, Row>();
  private drawnLines = 0;

  constructor(private readonly out: NodeJS.WriteStream) {}

  add(orderId: string, title: string): void {
    this.rows.set(orderId, { title, startedAt: Date.now(), last: null });
    if (this.out.isTTY) this.redraw([]);
  }

  update(frame: UpdateFrame): void {
    const row = this.rows.get(frame.orderId);
    if (row === undefined) return;
    row.last = frame;
    const line = `${frame.timestamp.slice(11, 23)}  ${pad(row.title, WIDTHS.order)} ${pad(frame.status, WIDTHS.status)} ${pad(frame.stage, WIDTHS.stage)} ${frame.message}`;
    if (this.out.isTTY) this.redraw([line]);
    else this.out.write(`${line}\n`);
  }

  /** Writes new event lines where the table was, and the table below them. */
  private redraw(events: readonly string[]): void {
    const columns = this.out.columns > 0 ? this.out.columns : 120;
    const lines = ['', ...[...this.rows.values()].map(drawRow)].map((line) => line.slice(0, columns - 1));
    const up = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A\u001b[J` : '';
    this.out.write(up + [...events.map((line) => line.slice(0, columns - 1)), ...lines].join('\n') + '\n');
    this.drawnLines = lines.length;
  }
}

function drawRow({ title, last }: Row): string {
  const progress = last?.progress ?? 0;
  const filled = Math.round((progress * BAR_WIDTH) / 100);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
  const status = last?.status ?? 'sending';
  return `  ${pad(title, WIDTHS.order)} ${bar} ${String(progress).padStart(3)} %  ${pad(status, WIDTHS.status)} ${last?.stage ?? ''}`;
}

function pad(text: string, width: number): string {
  return text.padEnd(width);
}
