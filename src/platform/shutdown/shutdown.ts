import { Injectable, Logger } from '@nestjs/common';

/**
 * The order in which the engine stops. Steps of one phase run at once; the next phase waits for all of them.
 *
 * - `readiness`: load balancers are told to send no more.
 * - `jobs`: workers take no more jobs.
 * - `sockets`: WebSockets are closed with 1001, so that clients go elsewhere.
 * - `http`: the listener closes and requests under way get their answers.
 * - `running-jobs`: jobs reach a point where they can be left.
 * - `stores`: queue, bus and database are closed.
 */
export const SHUTDOWN_PHASES = ['readiness', 'jobs', 'sockets', 'http', 'running-jobs', 'stores'] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

export interface ShutdownStep {
  readonly phase: ShutdownPhase;
  /** For the log, when it fails. */
  readonly name: string;
  /** Bounds its own time; a failure is logged and stops nothing. */
  readonly run: () => Promise<void> | void;
}

/** Collects what the rooms have to do when the process stops, and does it in order, once. */
@Injectable()
export class Shutdown {
  private readonly logger = new Logger(Shutdown.name);
  private readonly steps: ShutdownStep[] = [];
  private running: Promise<void> | null = null;

  /** Whether the process is on its way down: it is not ready then. */
  get begun(): boolean {
    return this.running !== null;
  }

  register(step: ShutdownStep): void {
    this.steps.push(step);
  }

  /** Runs all phases; a second call waits for the first. Never rejects. */
  run(): Promise<void> {
    this.running ??= this.runPhases();
    return this.running;
  }

  private async runPhases(): Promise<void> {
    for (const phase of SHUTDOWN_PHASES) {
      await Promise.all(this.steps.filter((step) => step.phase === phase).map((step) => this.runStep(step)));
    }
  }

  private async runStep({ name, phase, run }: ShutdownStep): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.logger.error({ err: error, phase }, `shutdown step failed: ${name}`);
    }
  }
}
