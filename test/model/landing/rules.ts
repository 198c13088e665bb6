import { weigh } from '../../../src/execution/domain/expiry-case.js';
import { resolve } from '../../../src/execution/domain/resolve.js';

/** The parts of a reading, in the order in which a worker takes them. */
export type ReadingStep = 'slot' | 'height' | 'lookups' | 'first-block';

/** How a worker of the model decides. `REAL` are the rules that the engine runs; mutations replace one of them. */
export interface Rules {
  readonly resolve: typeof resolve;
  readonly weigh: typeof weigh;
  readonly reading: readonly ReadingStep[];
  readonly headsAt: 'finalized' | 'processed';
  /** Whether all of a reading comes from one node; otherwise the first one tells heights, and the second one the rest. */
  readonly staysWithNode: boolean;
  readonly hasUniqueIndex: boolean;
  readonly launch: readonly ['commit', 'send'] | readonly ['send', 'commit'];
}

export const REAL: Rules = {
  resolve,
  weigh,
  reading: ['slot', 'height', 'lookups', 'first-block'],
  headsAt: 'finalized',
  staysWithNode: true,
  hasUniqueIndex: true,
  launch: ['commit', 'send'],
};
