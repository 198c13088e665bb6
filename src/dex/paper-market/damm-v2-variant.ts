import type { Account } from '../../chain/account.js';
import {
  COLLECT_FEE,
  type DammV2State,
  decodeDammV2Keys,
  decodeDammV2Pool,
  encodeDammV2Pool,
} from '../venues/meteora-damm-v2/layout.js';
import type { DammV2Variant } from './planned-pools.js';

/** As the pools made by Meteora's own front end have it: a bin step of 1 bp, volatility decaying over 10 to 120 s. */
const DYNAMIC_FEE = {
  maximumVolatility: 14_460_000,
  control: 956,
  binStepBps: 1,
  filterPeriod: 10,
  decayPeriod: 120,
  reductionBps: 5_000,
  lastUpdate: 0n,
  binStepX64: (1n << 64n) / 10_000n,
  sqrtPriceReference: 0n,
  volatility: 0n,
  volatilityReference: 0n,
};
/** Share of the fee that stays in the pool. */
const COMPOUNDING_FEE_BPS = 5_000;

/** The same fresh pool with a fee that follows volatility, or one that compounds. */
export function asVariant(pool: Account, variant: DammV2Variant): Account {
  if (variant === 'plain') return pool;
  const state = decodeDammV2Pool(pool.data, decodeDammV2Keys(pool.data));
  return { ...pool, data: encodeDammV2Pool(changed(state, variant), pool.data) };
}

function changed(state: DammV2State, variant: Exclude<DammV2Variant, 'plain'>): DammV2State {
  if (variant === 'dynamic-fee') return { ...state, dynamicFee: DYNAMIC_FEE };
  return { ...state, collectFeeMode: COLLECT_FEE.compounding, compoundingFeeBps: COMPOUNDING_FEE_BPS };
}
