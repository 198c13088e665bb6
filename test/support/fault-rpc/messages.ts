import type { FaultPlan } from './faults.js';

/** To the process: what to play from now on, if that is to change. */
export interface FaultRequest {
  readonly number: number;
  readonly faults?: readonly FaultPlan[];
}

/** Its answer, of the same number; 0 is said without being asked, once it listens. */
export interface FaultResponse {
  readonly number: number;
  /** How often a fault showed since the last change. */
  readonly played: number;
  readonly url?: string;
}
