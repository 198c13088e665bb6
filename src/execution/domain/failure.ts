import type { FailureCode } from '../../kernel/errors.js';
import type { TransactionFailure } from '../../chain/chain-client.js';
import type { SwapErrorMeaning } from '../../dex/domain/venue.js';

/** What a failed transaction means for its order. */
export interface FailureMeaning {
  readonly code: FailureCode;
  /** Whether a new quote may do better. */
  readonly retry: boolean;
  readonly message: string;
}

/** Names of the runtime for "the wallet can't pay". */
const UNPAID = new Set(['InsufficientFundsForFee', 'InsufficientFundsForRent', 'AccountNotFound', 'InsufficientFunds']);

/**
 * Reads a transaction failure. `meaning` is what the failed instruction's own program says of its error number, or
 * undefined when that program is unknown; `program` is its name for people.
 */
export function meaningOfFailure(
  failure: TransactionFailure,
  program: string,
  meaning: SwapErrorMeaning | undefined,
): FailureMeaning {
  const detail = `${program}: ${failure.customCode === null ? failure.name : `error ${failure.customCode}`}`;
  if (UNPAID.has(failure.name) || meaning === 'insufficient-funds') {
    return { code: 'insufficient-funds', retry: false, message: `The wallet can't pay for the swap (${detail})` };
  }
  if (meaning === 'slippage-exceeded') {
    return { code: 'slippage-exceeded', retry: true, message: `The price moved beyond the limit (${detail})` };
  }
  if (meaning === 'pool-refused') {
    return { code: 'transaction-failed', retry: true, message: `The pool refused the swap (${detail})` };
  }
  return { code: 'transaction-failed', retry: false, message: `The swap failed (${detail})` };
}
