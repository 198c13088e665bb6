import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { divCeil, mulDivFloor } from '../../../../kernel/math.js';
import type { Bin } from '../layout/bin-array.js';
import type { DlmmPairState } from '../layout/lb-pair.js';
import type { DlmmSide, UsedBin, Walk } from './walk.js';

/** Who gets what of a bin's fee, in the token that pays it. */
interface FeeShares {
  readonly makers: bigint;
  readonly orderOwners: bigint;
  readonly protocol: bigint;
}

/**
 * Market makers' share rounds up and the protocol's part of it down; of the orders' rest one half, rounded down, is their owners'.
 * What a drained bin brought beyond what was wanted is the protocol's too.
 */
function feeShares({ swap }: UsedBin, side: DlmmSide): FeeShares {
  const { fee, fill } = swap;
  const makerFee = fill.inAmount === 0n ? fee : divCeil(fee * fill.makerIn, fill.inAmount);
  const protocolOfMakers = mulDivFloor(makerFee, BigInt(side.pair.protocolShareBps), BPS_DENOMINATOR);
  const orderOwners = (fee - makerFee) / 2n;
  const excess = fill.outAmount - swap.outAmount - (side.feeOnOutput ? fee : 0n);
  return {
    makers: makerFee - protocolOfMakers,
    orderOwners,
    protocol: protocolOfMakers + fee - makerFee - orderOwners + excess,
  };
}

/** Whether the swap's fees are in X. */
function paysInX({ xToY, feeOnOutput }: DlmmSide): boolean {
  return xToY && !feeOnOutput;
}

/** A bin after its part of a swap. Filled orders leave their layers, and what they brought waits for their owners. */
export function binAfterSwap(bin: Bin, used: UsedBin, side: DlmmSide): Bin {
  const { fill } = used.swap;
  const { makers, orderOwners } = feeShares(used, side);
  const supply = bin.liquiditySupply >> 64n;
  const feePerToken = supply === 0n ? 0n : (makers << 64n) / supply;
  const fulfilled = fill.inAmount - fill.makerIn;
  const { xToY } = side;
  return {
    ...bin,
    amountX: xToY ? bin.amountX + fill.makerIn : bin.amountX - fill.makerOut,
    amountY: xToY ? bin.amountY - fill.makerOut : bin.amountY + fill.makerIn,
    fulfilledX: bin.fulfilledX + (xToY ? fulfilled : 0n),
    fulfilledY: bin.fulfilledY + (xToY ? 0n : fulfilled),
    orderFeeAsk: bin.orderFeeAsk + (xToY ? 0n : orderOwners),
    orderFeeBid: bin.orderFeeBid + (xToY ? orderOwners : 0n),
    feePerTokenX: bin.feePerTokenX + (paysInX(side) ? feePerToken : 0n),
    feePerTokenY: bin.feePerTokenY + (paysInX(side) ? 0n : feePerToken),
    processingLeft: bin.processingLeft - fill.processingOut,
    openOrders: bin.openOrders - fill.openOut,
  };
}

/** The pair after a swap at `now` (Unix seconds): its time of update moves with the active bin only. */
export function pairAfterSwap(side: DlmmSide, walk: Walk, bins: readonly UsedBin[], now: bigint): DlmmPairState {
  const { pair, reference } = side;
  const protocol = bins.reduce((sum, used) => sum + feeShares(used, side).protocol, 0n);
  return {
    ...pair,
    activeId: walk.activeId,
    volatility: walk.volatility,
    volatilityReference: reference.volatility,
    indexReference: reference.index,
    lastUpdate: walk.activeId === pair.activeId ? pair.lastUpdate : now,
    protocolFeeX: pair.protocolFeeX + (paysInX(side) ? protocol : 0n),
    protocolFeeY: pair.protocolFeeY + (paysInX(side) ? 0n : protocol),
  };
}
