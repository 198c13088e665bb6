import type { SwapErrorMeaning } from '../../domain/venue.js';

/**
 * What the errors mean by the name that the program logs, which all builds share (raydium-clmm `error.rs`, Anchor's own `Require…`).
 * An array or a direction that lacks after the quote had it means that the price has moved: a new quote names others.
 */
const MEANING_OF_NAME: ReadonlyMap<string, SwapErrorMeaning> = new Map([
  ['TooLittleOutputReceived', 'slippage-exceeded'],
  ['TooMuchInputPaid', 'slippage-exceeded'],
  ['NotApproved', 'pool-refused'],
  ['SqrtPriceLimitOverflow', 'pool-refused'],
  ['LiquidityInsufficient', 'pool-refused'],
  ['ZeroAmountSpecified', 'pool-refused'],
  ['TooSmallInputOrOutputAmount', 'pool-refused'],
  ['NotEnoughTickArrayAccount', 'pool-refused'],
  ['InvalidFirstTickArrayAccount', 'pool-refused'],
  ['MissingTickArrayBitmapExtensionAccount', 'pool-refused'],
  ['InsufficientLiquidityForDirection', 'pool-refused'],
  ['MaxTokenOverflow', 'pool-refused'],
  ['CalculateOverflow', 'pool-refused'],
  ['TransferFeeCalculateNotMatch', 'pool-refused'],
  ['RequireEqViolated', 'pool-refused'],
  ['RequireGtViolated', 'pool-refused'],
  ['RequireGteViolated', 'pool-refused'],
]);

/**
 * Numbers alone. The program was renumbered in May 2026, and which build runs is not known; errors that a swap can't end with are
 * left out of the comparison:
 *
 * - 6018 is "too little output" in newer builds and nothing of a swap in older ones.
 * - 6022 is the same in older builds; in newer ones it says that one side is zero, which is below any threshold too.
 * - 6019 (older: no liquidity, newer: too much input) and 6023 (older: too much input, newer: arrays missing) stay open. Both are worth
 *   a new quote, so they count as a refusal, which claims nothing about the price.
 */
const MEANING_OF_NUMBER: ReadonlyMap<number, SwapErrorMeaning> = new Map([
  [1, 'insufficient-funds'],
  [6018, 'slippage-exceeded'],
  [6022, 'slippage-exceeded'],
  ...[2501, 2505, 2506].map((code) => [code, 'pool-refused'] as const),
  ...[6000, 6001, 6011, 6013, 6016, 6019, 6020, 6023, 6024].map((code) => [code, 'pool-refused'] as const),
  ...[6026, 6027, 6028, 6035, 6036, 6037, 6038, 6039].map((code) => [code, 'pool-refused'] as const),
  ...[6040, 6041, 6042, 6043, 6044].map((code) => [code, 'pool-refused'] as const),
]);

/** By name where one was logged, else by number as far as both numberings agree on what to do. */
export function clmmErrorMeaning(customCode: number, errorName?: string): SwapErrorMeaning {
  const known = errorName === undefined ? MEANING_OF_NUMBER.get(customCode) : MEANING_OF_NAME.get(errorName);
  return known ?? 'unknown';
}
