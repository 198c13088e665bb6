import type { Fault } from './fault.js';
import { garbage, hugeReplies, wrongShapes } from './faults/garbage.js';
import { farSlots, longBlockhashes, tallHeights } from './faults/lies.js';
import { halted, stale } from './faults/old-news.js';
import { serverErrors, silence, tooManyRequests } from './faults/outages.js';
import { dropSends, holdSends, landLast, landUnheard, refusePreflight } from './faults/sends.js';
import { amnesia, forked, nullStatuses } from './faults/statuses.js';

/** Everything that can be wrong with an endpoint, by name. */
const FAULTS = {
  dropSends,
  holdSends,
  landLast,
  landUnheard,
  refusePreflight,

  tooManyRequests,
  serverErrors,
  silence,

  stale,
  halted,
  nullStatuses,
  amnesia,
  forked,

  tallHeights,
  longBlockhashes,
  farSlots,

  garbage,
  wrongShapes,
  hugeReplies,
};

type FaultName = keyof typeof FAULTS;

/** A fault by its name, with what it takes: it crosses to the process that plays it. */
export type FaultPlan = {
  [Name in FaultName]: readonly [name: Name, ...options: Parameters<(typeof FAULTS)[Name]>];
}[FaultName];

export function makeFault([name, ...options]: FaultPlan): Fault {
  return (FAULTS[name] as (...options: unknown[]) => Fault)(...options);
}
