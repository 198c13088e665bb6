import { divCeil, minBigInt, mulDivCeil, mulDivFloor, U64_MAX } from '../../../../kernel/math.js';
import { type PoolRefusal, refuse } from '../../../domain/pool.js';
import type { LimitOrders } from '../layout/tick-array.js';
import { beforeFee, feeBeside, feeWithin, type Fill, type SwapKind } from './step.js';

const ONE_Q64 = 1n << 64n;

export interface OrderMatch extends Fill {
  readonly ok: true;
  readonly orders: LimitOrders;
}

/** What the orders of a tick still have to sell. */
export function openAmount(orders: LimitOrders): bigint {
  return orders.unfilled + orders.partFilled;
}

/** Where a swap meets orders: at the price of their tick, which it has reached. */
export interface Meeting {
  readonly sqrtPrice: bigint;
  readonly zeroForOne: boolean;
  readonly rate: bigint;
}

/**
 * Fills orders with what remains of a swap, which is above zero (`match_limit_order` of raydium-clmm). The price of token 0 is the square
 * of the tick's, rounded against the taker, and so are both amounts.
 */
export function matchOrders(
  orders: LimitOrders,
  remaining: bigint,
  kind: SwapKind,
  meeting: Meeting,
): OrderMatch | PoolRefusal {
  const open = openAmount(orders);
  if (open > U64_MAX) return refuse('state-invalid');
  const { zeroForOne, rate } = meeting;
  const squared = meeting.sqrtPrice * meeting.sqrtPrice;
  const price = zeroForOne ? squared >> 64n : divCeil(squared, ONE_Q64);
  if (price === 0n) return refuse('out-of-range');
  const gross = kind.exactIn
    ? matchInput(open, remaining, kind.feeOnInput, { price, zeroForOne, rate })
    : matchOutput(open, remaining, kind.feeOnInput, { price, zeroForOne, rate });
  if (gross.amountIn > U64_MAX) return refuse('out-of-range');
  const left = takeFrom(orders, gross.amountOut);
  if (kind.feeOnInput) return { ok: true, ...gross, orders: left };
  const fee = feeWithin(gross.amountOut, rate);
  return { ok: true, amountIn: gross.amountIn, amountOut: gross.amountOut - fee, fee, orders: left };
}

interface OrderTerms {
  readonly price: bigint;
  readonly zeroForOne: boolean;
  readonly rate: bigint;
}

/** What `remaining` buys, fee on the output not yet taken. */
function matchInput(open: bigint, remaining: bigint, feeOnInput: boolean, terms: OrderTerms): Fill {
  const fee = feeOnInput ? feeWithin(remaining, terms.rate) : 0n;
  const amountIn = remaining - fee;
  const bought = terms.zeroForOne
    ? mulDivFloor(amountIn, terms.price, ONE_Q64)
    : mulDivFloor(amountIn, ONE_Q64, terms.price);
  return bought > open ? everything(open, feeOnInput, terms) : { amountIn, amountOut: bought, fee };
}

/** What it takes for `remaining` to be received, as far as the orders go. */
function matchOutput(open: bigint, remaining: bigint, feeOnInput: boolean, terms: OrderTerms): Fill {
  const net = minBigInt(remaining, open);
  return everything(feeOnInput ? net : minBigInt(beforeFee(net, terms.rate), open), feeOnInput, terms);
}

/** The price of `amountOut`, rounded up. */
function everything(amountOut: bigint, feeOnInput: boolean, { price, zeroForOne, rate }: OrderTerms): Fill {
  const amountIn = zeroForOne ? mulDivCeil(amountOut, ONE_Q64, price) : mulDivCeil(amountOut, price, ONE_Q64);
  return { amountIn, amountOut, fee: feeOnInput ? feeBeside(amountIn, rate) : 0n };
}

/** Part-filled orders go first; then the untouched ones become the part-filled ones of a new phase. Ratios round down. */
function takeFrom(orders: LimitOrders, amount: bigint): LimitOrders {
  const fromPart = minBigInt(orders.partFilled, amount);
  const partFilled = orders.partFilled - fromPart;
  const unfilledRatio =
    fromPart === 0n ? orders.unfilledRatio : mulDivFloor(orders.unfilledRatio, partFilled, orders.partFilled);
  const fromNew = amount - fromPart;
  if (fromNew === 0n) return { ...orders, partFilled, unfilledRatio };
  const rest = orders.unfilled - fromNew;
  return {
    phase: minBigInt(orders.phase + 1n, U64_MAX),
    unfilled: 0n,
    partFilled: rest,
    unfilledRatio: mulDivFloor(ONE_Q64, rest, orders.unfilled),
  };
}
