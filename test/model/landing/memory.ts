import type { AttemptState } from '../../../src/execution/domain/attempt.js';
import type { ExpiryCase } from '../../../src/execution/domain/expiry-case.js';
import type { Row } from './table.js';

export interface Heights {
  readonly confirmed: number;
  readonly finalized: number;
}

/** What the process has in memory; a crash takes all of it. */
export type Memory =
  | { readonly at: 'idle' }
  | { readonly at: 'sign' }
  | { readonly at: 'end'; readonly signedSoFar: number }
  | { readonly at: 'launch'; readonly row: Row; readonly step: number }
  | { readonly at: 'look-up'; readonly row: Row }
  | Following;

export interface Following {
  readonly at: 'follow';
  readonly row: Row;
  readonly since: number;
  /** As this worker last knew it. */
  state: AttemptState;
  expiry: ExpiryCase;
  isReading: boolean;
  /** The next thing to do; null: look. */
  todo: (() => void) | null;
}
