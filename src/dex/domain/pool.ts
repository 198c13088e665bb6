import type { Address } from '../../kernel/address.js';
import { U64_MAX } from '../../kernel/math.js';
import type { ChainTime } from '../../chain/account.js';
import type { ProgramName, SwapPath, SwapRequest, VenueName } from './swap.js';

/** Two tokens that trade against each other, in either order. */
export type MintPair = readonly [Address, Address];

/** Why a pool does not serve a swap. Stable words, shown to users as `reason`. */
export type RefusalReason =
  | 'disabled'
  | 'not-open-yet'
  | 'insufficient-liquidity'
  | 'amount-too-small'
  | 'out-of-range'
  | 'unsupported-pool'
  | 'wrong-token'
  | 'state-missing'
  | 'state-invalid';

export interface PoolRefusal {
  readonly ok: false;
  readonly reason: RefusalReason;
}

/** Both sides of a swap in base units, as the wallet sees them: every fee, transfer fees of Token-2022 included. */
export interface PoolQuote {
  readonly ok: true;
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** What reached and left the price curve: amounts net of swap and transfer fees, for the price impact. */
  readonly curveInAmount: bigint;
  readonly curveOutAmount: bigint;
  /** Only of pools whose liquidity lies in ticks or bins. */
  readonly path?: SwapPath;
}

export type QuoteResult = PoolQuote | PoolRefusal;

/** Output per input at the pool's present price, before any fee: `numerator / denominator`, in base units. */
export interface SpotPrice {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * A decoded pool: immutable, pure, exact. Quotes give what the program itself would give at `time` on this state,
 * to the base unit, and refuse (never throw) what the program would refuse.
 */
export interface Pool {
  readonly venue: VenueName;
  readonly program: ProgramName;
  readonly address: Address;
  /** The two mints in the pool's own order. */
  readonly mints: readonly [Address, Address];
  /** Accounts that every swap instruction names; those of a quote's path come on top. */
  readonly swapAccounts: number;
  /** The swap fee at the present state in bps, rounded up (dynamic parts included). For display. */
  feeBps(time: ChainTime): number;
  /** null when the pool trades at `time`. */
  refusal(time: ChainTime): RefusalReason | null;
  quote(request: SwapRequest, time: ChainTime): QuoteResult;
  spotPrice(inputMint: Address): SpotPrice;
}

/** Why a pool turns a request down before any price is looked at; null when it does not. The order of the reasons is the same for every program. */
export function objectionTo(
  pool: Pick<Pool, 'mints' | 'refusal'>,
  { inputMint, amount }: SwapRequest,
  time: ChainTime,
): RefusalReason | null {
  const refusal = pool.refusal(time);
  if (refusal !== null) return refusal;
  if (!pool.mints.includes(inputMint)) return 'wrong-token';
  if (amount <= 0n) return 'amount-too-small';
  return amount > U64_MAX ? 'out-of-range' : null;
}

export function refuse(reason: RefusalReason): PoolRefusal {
  return { ok: false, reason };
}
