import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Side } from './in-turns.js';
import type { RecordedSwaps } from './recorded-quotes.js';

const FOLDER = 'test/bench/sdk';
const ANSWER_TIMEOUT_MS = 60_000;

/** What an SDK's users call, or the bare computation of the amount below it. */
export type SdkFunction = 'quote' | 'math';

/** One line on the worker's stdin; `amount` is milliseconds or passes. */
interface WorkerRequest extends RecordedSwaps {
  readonly by: SdkFunction;
  readonly ask: 'amounts' | 'warmUp' | 'timed';
  readonly amount?: number;
}

/** The official SDKs, quoting in a process of their own: they bring other versions of much that the engine uses. */
export class SdkQuotes {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly worker: ChildProcessByStdio<Writable, Readable, null>) {
    this.answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
    // A worker that is gone shows in the missing answer.
    for (const emitter of [worker, worker.stdin]) emitter.on('error', () => undefined);
  }

  /** null when the SDKs are not installed. */
  static open(): SdkQuotes | null {
    if (!existsSync(`${FOLDER}/node_modules`)) return null;
    return new SdkQuotes(spawn(process.execPath, [`${FOLDER}/worker.mjs`], { stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  /** What the SDK says that the wallet receives. Throws when it refuses one of the swaps. */
  async outAmounts(swaps: RecordedSwaps, by: SdkFunction): Promise<bigint[]> {
    return ((await this.ask({ ...swaps, by, ask: 'amounts' })) as string[]).map(BigInt);
  }

  side(swaps: RecordedSwaps, by: SdkFunction): Side {
    return {
      warmUp: async (ms) => (await this.ask({ ...swaps, by, ask: 'warmUp', amount: ms })) as number,
      timed: async (passes) => (await this.ask({ ...swaps, by, ask: 'timed', amount: passes })) as number,
    };
  }

  close(): void {
    this.worker.kill();
  }

  /** One at a time: answers come in the order of the questions. */
  private async ask(request: WorkerRequest): Promise<unknown> {
    const timer = setTimeout(() => this.worker.kill('SIGKILL'), ANSWER_TIMEOUT_MS);
    try {
      this.worker.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await this.answers.next();
      if (line.done === true) throw new Error('the process of the SDKs has ended');
      const answer = JSON.parse(line.value) as { value?: unknown; error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.value;
    } finally {
      clearTimeout(timer);
    }
  }
}
