import type { Address } from '../address.js';

/** A listed token. Only listed tokens can be traded. */
export interface Token {
  readonly symbol: string;
  readonly mint: Address;
  readonly decimals: number;
  readonly tokenProgram: Address;
}
