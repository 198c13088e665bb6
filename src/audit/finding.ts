/**
 * - `altered`: its hash is not that of its content after what comes before it.
 * - `missing`: there is no such row where one was counted or covered.
 * - `unexpected`: it is beyond the end that the engine counted.
 * - `rehashed`: rows from here to `lastSequence` are a chain, but not the one that a checkpoint saw.
 */
type Fault = 'altered' | 'missing' | 'unexpected' | 'rehashed';

export interface EventFinding {
  readonly table: 'order_events';
  readonly userId: string;
  readonly sequence: number;
  /** Null when the row is gone. */
  readonly orderId: string | null;
  readonly fault: Fault;
  readonly lastSequence?: number;
}

interface CheckpointFinding {
  readonly table: 'audit_checkpoints';
  readonly number: number;
  readonly fault: 'altered' | 'missing';
}

/** The first row that is not what the engine wrote. */
export type Finding = EventFinding | CheckpointFinding;

export function missingEvent(userId: string, sequence: bigint): EventFinding {
  return { table: 'order_events', userId, sequence: Number(sequence), orderId: null, fault: 'missing' };
}

export function badCheckpoint(number: bigint, fault: CheckpointFinding['fault']): CheckpointFinding {
  return { table: 'audit_checkpoints', number: Number(number), fault };
}
