import type { RpcCall } from '../rpc-server.js';
import type { Statement } from './pg-messages.js';

/** Something that a process does with the world around it: a statement that is a transaction of its own, or a call of the node. */
export interface Step {
  readonly name: string;
  readonly statement?: (statement: Statement) => boolean;
  readonly call?: (call: RpcCall) => boolean;
}

/** `before`: what it asks for never arrives; `after`: it was done, and the answer never arrives. */
export interface Place {
  readonly step: Step;
  readonly side: 'before' | 'after';
}

export function sidesOf(step: Step): readonly [Place, Place] {
  return [
    { step, side: 'before' },
    { step, side: 'after' },
  ];
}

export interface Caught<Process> {
  readonly victim: Process;
  readonly places: readonly Place[];
}

/** Well below the time after which an engine gives up on an answer. */
const PATIENCE_MS = 1_500;
/** Orders come to every step within seconds, also to those that follow an expiry. */
const TIMEOUT_MS = 60_000;

/**
 * Waits at several places. The first to come to one of them is the victim: it is stopped with one piece of work at each place, all else
 * passes. It is sprung when the victim stands everywhere, or soon after it stood somewhere.
 */
export class Trap<Process extends object> {
  private readonly free: Place[];
  private readonly reached: Place[] = [];
  private readonly closed: Promise<void>;
  private close: () => void = () => undefined;
  private victim: Process | null = null;

  constructor(private readonly places: readonly Place[]) {
    this.free = [...places];
    this.closed = new Promise((resolve) => (this.close = resolve));
  }

  /** Where this is to be stopped; null: it passes. */
  take(process: Process, fits: (step: Step) => boolean): Place | null {
    if (this.victim !== null && this.victim !== process) return null;
    const index = this.free.findIndex(({ step }) => fits(step));
    if (index < 0) return null;
    this.victim = process;
    return this.free.splice(index, 1)[0] ?? null;
  }

  /** The victim stands there, and goes no further. */
  arrived(place: Place): void {
    if (this.reached.push(place) === 1) setTimeout(this.close, PATIENCE_MS);
    if (this.reached.length === this.places.length) this.close();
  }

  /** Who stands where. Throws when nobody has come. */
  async sprung(): Promise<Caught<Process>> {
    let timer: NodeJS.Timeout | undefined;
    const names = this.places.map(({ step, side }) => `${side} ${step.name}`).join(', ');
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nobody came to ${names}`)), TIMEOUT_MS);
    });
    await Promise.race([this.closed, timeout]).finally(() => clearTimeout(timer));
    this.free.length = 0;
    if (this.victim === null) throw new Error('the trap closed on nobody');
    return { victim: this.victim, places: [...this.reached] };
  }
}
