import { U64_MAX } from '../../../../kernel/math.js';
import type { LimitOrders } from '../layout/tick-array.js';
import { matchOrders } from './limit-orders.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;
/** 1 %. */
const rate = 10_000n;
const atOne = { sqrtPrice: ONE, zeroForOne: true, rate };
/** Token 0 is worth 4 of token 1. */
const atFour = { sqrtPrice: 2n * ONE, zeroForOne: true, rate };
const onInput = { feeOnInput: true };
const onOutput = { feeOnInput: false };

function ordersOf(fields: Partial<LimitOrders>): LimitOrders {
  return { phase: 7n, unfilled: 0n, partFilled: 0n, unfilledRatio: ONE, ...fields };
}

describe('the orders of a tick', () => {
  it('take a fixed input less its fee, part-filled ones first', () => {
    const orders = ordersOf({ unfilled: 1_700n, partFilled: 300n, unfilledRatio: ONE / 2n });
    expect(matchOrders(orders, 1_000n, { exactIn: true, ...onInput }, atOne)).toEqual({
      ok: true,
      amountIn: 990n,
      amountOut: 990n,
      fee: 10n,
      orders: { phase: 8n, unfilled: 0n, partFilled: 1_010n, unfilledRatio: (ONE * 1_010n) / 1_700n },
    });
  });

  it('keep their phase as long as only part-filled ones are touched', () => {
    const orders = ordersOf({ unfilled: 1_700n, partFilled: 300n, unfilledRatio: ONE / 2n });
    expect(matchOrders(orders, 100n, { exactIn: false, ...onInput }, atOne)).toMatchObject({
      amountOut: 100n,
      orders: { phase: 7n, unfilled: 1_700n, partFilled: 200n, unfilledRatio: ((ONE / 2n) * 200n) / 300n },
    });
  });

  it('ask no more than they are worth, with the fee on top', () => {
    // ceil(500 / 99) = 6.
    expect(matchOrders(ordersOf({ unfilled: 500n }), 1_000n, { exactIn: true, ...onInput }, atOne)).toMatchObject({
      amountIn: 500n,
      amountOut: 500n,
      fee: 6n,
      orders: { unfilled: 0n, partFilled: 0n, unfilledRatio: 0n, phase: 8n },
    });
  });

  it('give a fixed output after its fee for the whole of it', () => {
    const match = matchOrders(ordersOf({ unfilled: 1_000n }), 99n, { exactIn: false, ...onOutput }, atOne);
    expect(match).toMatchObject({ amountIn: 100n, amountOut: 99n, fee: 1n, orders: { partFilled: 900n } });
  });

  it('trade at the square of the price, rounded against the taker both ways', () => {
    const plenty = ordersOf({ unfilled: 1n << 40n });
    const up = { ...atFour, zeroForOne: false };
    expect(matchOrders(plenty, 1_000n, { exactIn: true, ...onInput }, atFour)).toMatchObject({ amountOut: 3_960n });
    expect(matchOrders(plenty, 1_000n, { exactIn: true, ...onInput }, up)).toMatchObject({ amountOut: 247n });
    expect(matchOrders(plenty, 101n, { exactIn: false, ...onInput }, atFour)).toMatchObject({ amountIn: 26n });
    expect(matchOrders(plenty, 101n, { exactIn: false, ...onInput }, up)).toMatchObject({ amountIn: 404n });
    const odd = { ...atOne, sqrtPrice: ONE + 1n };
    // The price is above one by two parts in 2^64 and a bit: rounded down for token 0 given, up for token 1 given.
    expect(matchOrders(plenty, 1n << 30n, { exactIn: false, ...onInput }, odd)).toMatchObject({ amountIn: 1n << 30n });
    const upOdd = { ...odd, zeroForOne: false };
    expect(matchOrders(plenty, 1n << 30n, { exactIn: false, ...onInput }, upOdd)).toMatchObject({
      amountIn: (1n << 30n) + 1n,
    });
  });

  it('swallow a dust of input that is all fee', () => {
    const orders = ordersOf({ unfilled: 1_000n });
    expect(matchOrders(orders, 1n, { exactIn: true, ...onInput }, atOne)).toEqual({
      ok: true,
      amountIn: 0n,
      amountOut: 0n,
      fee: 1n,
      orders,
    });
  });

  it('beyond u64 together are no orders of the program', () => {
    const orders = ordersOf({ unfilled: U64_MAX, partFilled: 1n });
    expect(matchOrders(orders, 1n, { exactIn: true, ...onInput }, atOne)).toEqual({
      ok: false,
      reason: 'state-invalid',
    });
  });
});
