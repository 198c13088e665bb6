import fc from 'fast-check';
import { address } from '../../src/kernel/address.js';
import type { PoolRefusal } from '../../src/dex/domain/pool.js';
import { refuse } from '../../src/dex/domain/pool.js';
import type { DammV2State } from '../../src/dex/venues/meteora-damm-v2/layout.js';
import * as dammV2 from '../../src/dex/venues/meteora-damm-v2/math/swap.js';
import * as ammV4 from '../../src/dex/venues/raydium-amm-v4/math.js';
import * as cpmm from '../../src/dex/venues/raydium-cpmm/math.js';
import { NO_TRANSFER_FEE } from '../../src/dex/venues/token-2022.js';
import { ask, freshClmmPool, plans } from '../support/clmm-pools.js';
import type { Quoter } from './swap-laws.js';

/** Bare math over states that no recording has: reserves, rates and transfer fees of every size. */
const reserve = fc.bigInt(1n, 1n << 60n);
const transferFees = fc.oneof(
  fc.constant(NO_TRANSFER_FEE),
  fc.record({ bps: fc.bigInt(0n, 2_000n), maximum: fc.bigInt(0n, 1n << 40n) }),
);

export const madeCpmmPools: fc.Arbitrary<Quoter> = fc
  .record<cpmm.CpmmSide>({
    reserveIn: reserve,
    reserveOut: reserve,
    tradeRate: fc.bigInt(1n, 50_000n),
    creatorRate: fc.oneof(fc.constant(0n), fc.bigInt(1n, 50_000n)),
    creatorFeeOnInput: fc.boolean(),
    inFee: transferFees,
    outFee: transferFees,
  })
  .map((side) => (swapMode, _forward, amount) => {
    return swapMode === 'ExactIn' ? cpmm.swapExactIn(side, amount) : cpmm.swapExactOut(side, amount);
  });

export const madeAmmV4Pools: fc.Arbitrary<Quoter> = fc
  .record<ammV4.AmmV4Side>({
    reserveIn: reserve,
    reserveOut: reserve,
    feeNumerator: fc.constantFrom(0n, 1n, 25n, 9_999n),
    feeDenominator: fc.constant(10_000n),
  })
  .map((side) => (swapMode, _forward, amount) => {
    return swapMode === 'ExactIn' ? ammV4.swapExactIn(side, amount) : ammV4.swapExactOut(side, amount);
  });

/** Positions with gaps, limit orders, and every kind of fee. */
export const madeClmmPools: fc.Arbitrary<Quoter> = plans.map(freshClmmPool).map((pool) => {
  return (swapMode, forward, amount) => ask(pool, forward, swapMode, amount);
});

const key = address('11111111111111111111111111111111');

/** Rate limiters are not among them: they round an average rate up, which a unit more of input can move by more than a unit of output. */
export const madeDammV2Pools: fc.Arbitrary<Quoter> = fc
  .record({
    liquidity: fc.bigInt(1n << 70n, 1n << 120n),
    sqrtPrice: fc.bigInt(1n << 54n, 1n << 74n),
    collectFeeMode: fc.constantFrom(0, 1, 2),
    reserveA: reserve,
    reserveB: reserve,
    cliff: fc.bigInt(0n, 400_000_000n),
    inFee: transferFees,
    outFee: transferFees,
  })
  .map(({ cliff, inFee, outFee, ...fields }) => {
    const state: DammV2State = {
      keys: { mintA: key, mintB: key, vaultA: key, vaultB: key },
      baseFee: { kind: 'time-linear', cliff, periods: 0, frequency: 0n, reduction: 0n },
      protocolFeePercent: 20,
      compoundingFeeBps: 5_000,
      dynamicFee: null,
      initialSqrtPrice: 1n << 64n,
      protocolFeeA: 0n,
      protocolFeeB: 0n,
      sqrtPriceMinimum: 4_295_048_016n,
      sqrtPriceMaximum: 79_226_673_521_066_979_257_578_248_091n,
      activationPoint: 0n,
      activationType: 0,
      status: 0,
      tokenFlagA: 1,
      tokenFlagB: 1,
      poolType: 0,
      feeVersion: 1,
      layoutVersion: 1,
      ...fields,
    };
    return (swapMode, aToB, amount) => {
      const side = { state, aToB, point: 0n, inFee, outFee };
      return delivering(swapMode === 'ExactIn' ? dammV2.swapExactIn(side, amount) : dammV2.swapExactOut(side, amount));
    };
  });

/** A swap for nothing is no quote. */
function delivering(swap: dammV2.DammV2Swap | PoolRefusal): dammV2.DammV2Swap | PoolRefusal {
  return swap.ok && swap.outAmount <= 0n ? refuse('amount-too-small') : swap;
}
