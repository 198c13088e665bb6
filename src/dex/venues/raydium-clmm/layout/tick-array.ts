import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** Size and Anchor discriminator of raydium-clmm's tick arrays. */
export const TICK_ARRAY_SIZE = 10_240;
const TICK_ARRAY_DISCRIMINATOR = fromHex('c09b55cd31f9812a');
/** Ticks of one array, a tick spacing apart. */
export const TICKS_PER_ARRAY = 60;
/** The bytes that quotes read: pool, start and ticks. */
export const TICK_ARRAY_RANGE = { from: 8, to: 10_124 } as const;

const TICKS_AT = 44;
const TICK_SIZE = 168;
const COUNT_AT = 10_124;
const EPOCH_AT = 10_125;
/** Offsets within a tick. */
const NET = 4;
const GROSS = 20;
const GROWTH_0 = 36;
const GROWTH_1 = 52;
const PHASE = 116;
const ORDERS = 124;
const PART_FILLED = 132;
const UNFILLED_RATIO = 140;

/** Orders to sell at the price of a tick what a swap that arrives there buys. */
export interface LimitOrders {
  readonly phase: bigint;
  /** Not touched yet. */
  readonly unfilled: bigint;
  /** The rest of those that were touched; it goes first. */
  readonly partFilled: bigint;
  /** Q64.64: what is left of the touched ones. */
  readonly unfilledRatio: bigint;
}

export interface InitializedTick {
  /** Place in the array, 0 to 59. */
  readonly place: number;
  readonly tick: number;
  /** What crossing upwards adds to the liquidity in range. */
  readonly liquidityNet: bigint;
  /** Whether a position begins or ends here; otherwise there are only orders. */
  readonly hasLiquidity: boolean;
  /** null where none is open. */
  readonly orders: LimitOrders | null;
}

/** A tick array as quotes need it: its initialized ticks, ascending. */
export interface TickArrayState {
  readonly pool: Address;
  readonly start: number;
  readonly ticks: readonly InitializedTick[];
}

/** A tick with what only the program's own books need. */
export interface TickGrowth {
  readonly feeGrowthOutside0: bigint;
  readonly feeGrowthOutside1: bigint;
}

export function isTickArray(data: Uint8Array): boolean {
  return data.length === TICK_ARRAY_SIZE && new ByteReader(data).startsWith(TICK_ARRAY_DISCRIMINATOR);
}

/** The state of an account that passed `isTickArray`. */
export function decodeTickArray(data: Uint8Array): TickArrayState {
  const bytes = new ByteReader(data);
  const ticks: InitializedTick[] = [];
  for (let place = 0; place < TICKS_PER_ARRAY; place++) {
    const at = TICKS_AT + place * TICK_SIZE;
    const hasLiquidity = !isZero(bytes, at + GROSS);
    const hasOrders = !isZero(bytes, at + ORDERS);
    if (hasLiquidity || hasOrders) ticks.push(decodeTick(bytes, place, hasLiquidity, hasOrders));
  }
  return { pool: bytes.address(8), start: bytes.i32(40), ticks };
}

/** Whether 16 bytes are zero: the gross liquidity, or both amounts of orders. */
function isZero(bytes: ByteReader, at: number): boolean {
  return (bytes.u32(at) | bytes.u32(at + 4) | bytes.u32(at + 8) | bytes.u32(at + 12)) === 0;
}

function decodeTick(bytes: ByteReader, place: number, hasLiquidity: boolean, hasOrders: boolean): InitializedTick {
  const at = TICKS_AT + place * TICK_SIZE;
  return {
    place,
    tick: bytes.i32(at),
    liquidityNet: bytes.i128(at + NET),
    hasLiquidity,
    orders: hasOrders
      ? {
          phase: bytes.u64(at + PHASE),
          unfilled: bytes.u64(at + ORDERS),
          partFilled: bytes.u64(at + PART_FILLED),
          unfilledRatio: bytes.u128(at + UNFILLED_RATIO),
        }
      : null,
  };
}

export function decodeTickGrowth(data: Uint8Array, place: number): TickGrowth {
  const bytes = new ByteReader(data);
  const at = TICKS_AT + place * TICK_SIZE;
  return { feeGrowthOutside0: bytes.u128(at + GROWTH_0), feeGrowthOutside1: bytes.u128(at + GROWTH_1) };
}

/** A tick to be written into a fresh array. */
export interface TickPlan {
  readonly tick: number;
  readonly liquidityNet: bigint;
  readonly liquidityGross: bigint;
  readonly orders?: LimitOrders;
}

/** A fresh tick array. */
export function encodeTickArray(
  pool: Address,
  start: number,
  tickSpacing: number,
  ticks: readonly TickPlan[],
): Uint8Array {
  const data = new Uint8Array(TICK_ARRAY_SIZE);
  const bytes = new ByteWriter(data).raw(0, TICK_ARRAY_DISCRIMINATOR).raw(8, addressToBytes(pool)).i32(40, start);
  for (const { tick, liquidityNet, liquidityGross, orders } of ticks) {
    const at = TICKS_AT + ((tick - start) / tickSpacing) * TICK_SIZE;
    bytes
      .i32(at, tick)
      .u128(at + NET, BigInt.asUintN(128, liquidityNet))
      .u128(at + GROSS, liquidityGross);
    if (orders !== undefined) writeOrders(bytes, at, orders);
  }
  return bytes.u8(COUNT_AT, ticks.length).bytes;
}

/** What a swap changes at a tick that it touches. */
export interface TickChange {
  readonly place: number;
  /** null where the tick was not crossed. */
  readonly growth: TickGrowth | null;
  /** null where no order was filled. */
  readonly orders: LimitOrders | null;
  /** Whether nothing is left there. */
  readonly isCleared: boolean;
}

/** The array after swaps touched its ticks, and whether any initialized one is left. */
export function withTickChanges(
  data: Uint8Array,
  changes: readonly TickChange[],
  epoch: bigint,
): { readonly data: Uint8Array; readonly isEmpty: boolean } {
  const bytes = new ByteWriter(data.slice()).u64(EPOCH_AT, epoch);
  let count = data[COUNT_AT] ?? 0;
  for (const { place, growth, orders, isCleared } of changes) {
    const at = TICKS_AT + place * TICK_SIZE;
    if (growth !== null)
      bytes.u128(at + GROWTH_0, growth.feeGrowthOutside0).u128(at + GROWTH_1, growth.feeGrowthOutside1);
    if (orders !== null) writeOrders(bytes, at, orders);
    if (isCleared) count -= 1;
  }
  return { data: bytes.u8(COUNT_AT, count).bytes, isEmpty: count === 0 };
}

function writeOrders(bytes: ByteWriter, at: number, orders: LimitOrders): void {
  bytes
    .u64(at + PHASE, orders.phase)
    .u64(at + ORDERS, orders.unfilled)
    .u64(at + PART_FILLED, orders.partFilled)
    .u128(at + UNFILLED_RATIO, orders.unfilledRatio);
}
