import type { Address } from '../../kernel/address.js';
import type { VenueChoice } from '../../kernel/trade.js';

/** `ExactIn`: the input is fixed. `ExactOut`: the output, as it arrives in the wallet, is fixed. */
export type SwapMode = 'ExactIn' | 'ExactOut';

export type VenueName = VenueChoice;

/** Pool programs by their short name. */
export type ProgramName = 'cpmm' | 'amm-v4' | 'clmm' | 'damm-v2' | 'dlmm';

/** One swap against one pool, as asked. `amount` is what leaves the wallet (ExactIn) or must arrive in it (ExactOut). */
export interface SwapRequest {
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly amount: bigint;
}

/** What a swap passes on its way through ticks or bins. */
export interface SwapPath {
  /** The tick or bin arrays it touches, in travel order: the instruction has to name them. */
  readonly arrays: readonly Address[];
  /** Initialized ticks crossed or bins used; compute units grow with them. */
  readonly steps: number;
}

/** One swap, decided: what the instruction has to say. Amounts are the wallet's own, transfer fees included. */
export interface SwapOrder {
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly outputMint: Address;
  /** ExactIn: what is given. ExactOut: what must arrive. */
  readonly amount: bigint;
  /** ExactIn: the least that must arrive. ExactOut: the most that may leave. Enforced on chain. */
  readonly otherAmountThreshold: bigint;
  /** The wallet, which signs. */
  readonly owner: Address;
  /** Token accounts of the wallet. */
  readonly inputAccount: Address;
  readonly outputAccount: Address;
  /** The path of the quote that decided the swap, when it has one. */
  readonly path?: SwapPath;
  /** Name the arrays of the path only: the transaction has no room for those that the price may move on to. */
  readonly withoutSpares?: boolean;
}
