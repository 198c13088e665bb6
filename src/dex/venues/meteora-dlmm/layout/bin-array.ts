import { type Address, addressToBytes } from '../../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../../kernel/bytes.js';

/** Size and Anchor discriminator of lb_clmm's `BinArray` (program IDL 0.12), and the version of new ones. */
export const BIN_ARRAY_SIZE = 10_136;
const BIN_ARRAY_DISCRIMINATOR = fromHex('5c8e5cdc059446b5');
const BIN_ARRAY_VERSION = 2;
const PAIR_AT = 24;

export const BINS_PER_ARRAY = 70;
const BINS_AT = 56;
const BIN_SIZE = 144;

/** Offsets in a bin. */
const AT = {
  amountX: 0,
  amountY: 8,
  price: 16,
  liquiditySupply: 32,
  fulfilledX: 48,
  fulfilledY: 56,
  orderFeeAsk: 64,
  orderFeeBid: 72,
  feePerTokenX: 80,
  feePerTokenY: 96,
  openOrders: 112,
  processingTotal: 120,
  processingLeft: 128,
  askSide: 140,
} as const;

/** One bin as the account has it. */
export interface Bin {
  readonly amountX: bigint;
  readonly amountY: bigint;
  /** Y per X in Q64.64; 0 until the bin is first used. */
  readonly price: bigint;
  /** Q64.64. */
  readonly liquiditySupply: bigint;
  /** What the owners of filled orders have to collect. */
  readonly fulfilledX: bigint;
  readonly fulfilledY: bigint;
  readonly orderFeeAsk: bigint;
  readonly orderFeeBid: bigint;
  /** Fees booked for market makers, per unit of liquidity in Q64.64. */
  readonly feePerTokenX: bigint;
  readonly feePerTokenY: bigint;
  readonly openOrders: bigint;
  readonly processingTotal: bigint;
  readonly processingLeft: bigint;
  /** 1 where the orders sell X. */
  readonly askSide: number;
}

/** What a bin has to give in one direction, in the order in which it is taken. All in the output token. */
export interface BinLiquidity {
  readonly maker: bigint;
  /** Limit orders that are being filled. */
  readonly processing: bigint;
  readonly open: bigint;
}

/** The array that holds a bin, rounded towards minus infinity, and the bin's place in it. */
export function arrayIndexOf(binId: number): number {
  return Math.floor(binId / BINS_PER_ARRAY);
}

/**
 * A bin array over account bytes, which it reads where it is asked: a swap looks at a few bins, and finding that a bin is empty takes
 * nanoseconds. Bins are named by their place, 0 … 69.
 */
export class BinArray {
  private readonly view: DataView;

  private constructor(readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** null when the bytes are not the array of `pair` at `index`. */
  static of(data: Uint8Array, pair: Address, index: number): BinArray | null {
    if (data.length !== BIN_ARRAY_SIZE) return null;
    const bytes = new ByteReader(data);
    if (!bytes.startsWith(BIN_ARRAY_DISCRIMINATOR)) return null;
    return bytes.i64(8) === BigInt(index) && bytes.address(PAIR_AT) === pair ? new BinArray(data) : null;
  }

  /** Whether a swap finds nothing there. `givesY` when X comes in; orders count where the pair has them and they are on that side. */
  isEmpty(place: number, givesY: boolean, withOrders: boolean): boolean {
    const at = BINS_AT + place * BIN_SIZE;
    if (this.isNonZero(at + (givesY ? AT.amountY : AT.amountX))) return false;
    if (!withOrders || this.sellsX(at) === givesY) return true;
    return !this.isNonZero(at + AT.openOrders) && !this.isNonZero(at + AT.processingLeft);
  }

  liquidity(place: number, givesY: boolean, withOrders: boolean): BinLiquidity {
    const at = BINS_AT + place * BIN_SIZE;
    const maker = this.view.getBigUint64(at + (givesY ? AT.amountY : AT.amountX), true);
    if (!withOrders || this.sellsX(at) === givesY) return { maker, processing: 0n, open: 0n };
    const processing = this.view.getBigUint64(at + AT.processingLeft, true);
    return { maker, processing, open: this.view.getBigUint64(at + AT.openOrders, true) };
  }

  /** Q64.64; 0 where the program has not stored it yet. */
  price(place: number): bigint {
    const at = BINS_AT + place * BIN_SIZE + AT.price;
    const high = this.view.getBigUint64(at + 8, true);
    const low = this.view.getBigUint64(at, true);
    return high === 0n ? low : (high << 64n) | low;
  }

  private sellsX(at: number): boolean {
    return this.view.getUint8(at + AT.askSide) !== 0;
  }

  private isNonZero(at: number): boolean {
    return this.view.getUint32(at, true) !== 0 || this.view.getUint32(at + 4, true) !== 0;
  }
}

export function decodeBin(data: Uint8Array, place: number): Bin {
  const bytes = new ByteReader(data.subarray(BINS_AT + place * BIN_SIZE, BINS_AT + (place + 1) * BIN_SIZE));
  return {
    amountX: bytes.u64(AT.amountX),
    amountY: bytes.u64(AT.amountY),
    price: bytes.u128(AT.price),
    liquiditySupply: bytes.u128(AT.liquiditySupply),
    fulfilledX: bytes.u64(AT.fulfilledX),
    fulfilledY: bytes.u64(AT.fulfilledY),
    orderFeeAsk: bytes.u64(AT.orderFeeAsk),
    orderFeeBid: bytes.u64(AT.orderFeeBid),
    feePerTokenX: bytes.u128(AT.feePerTokenX),
    feePerTokenY: bytes.u128(AT.feePerTokenY),
    openOrders: bytes.u64(AT.openOrders),
    processingTotal: bytes.u64(AT.processingTotal),
    processingLeft: bytes.u64(AT.processingLeft),
    askSide: bytes.u8(AT.askSide),
  };
}

/** Writes one bin into `data` itself. */
export function writeBin(data: Uint8Array, place: number, bin: Bin): void {
  new ByteWriter(data.subarray(BINS_AT + place * BIN_SIZE, BINS_AT + (place + 1) * BIN_SIZE))
    .u64(AT.amountX, bin.amountX)
    .u64(AT.amountY, bin.amountY)
    .u128(AT.price, bin.price)
    .u128(AT.liquiditySupply, bin.liquiditySupply)
    .u64(AT.fulfilledX, bin.fulfilledX)
    .u64(AT.fulfilledY, bin.fulfilledY)
    .u64(AT.orderFeeAsk, bin.orderFeeAsk)
    .u64(AT.orderFeeBid, bin.orderFeeBid)
    .u128(AT.feePerTokenX, bin.feePerTokenX)
    .u128(AT.feePerTokenY, bin.feePerTokenY)
    .u64(AT.openOrders, bin.openOrders)
    .u64(AT.processingTotal, bin.processingTotal)
    .u64(AT.processingLeft, bin.processingLeft)
    .u8(AT.askSide, bin.askSide);
}

/** An array without liquidity. */
export function emptyBinArray(pair: Address, index: number): Uint8Array {
  return new ByteWriter(new Uint8Array(BIN_ARRAY_SIZE))
    .raw(0, BIN_ARRAY_DISCRIMINATOR)
    .i64(8, BigInt(index))
    .u8(16, BIN_ARRAY_VERSION)
    .raw(PAIR_AT, addressToBytes(pair)).bytes;
}
