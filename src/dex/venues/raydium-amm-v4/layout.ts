import { type Address, addressToBytes } from '../../../kernel/address.js';
import { ByteReader, ByteWriter } from '../../../kernel/bytes.js';

/** Size of raydium-amm's `AmmInfo`, which has no discriminator. */
export const AMM_V4_POOL_SIZE = 752;
/** Where the pool's mints stand, for discovery. They are in no particular order. */
export const AMM_V4_MINT_OFFSETS = [400, 432] as const;
/** The bytes that hold nothing but addresses. */
export const AMM_V4_KEYS_RANGE = { from: 336, to: 624 } as const;

const KEY_OFFSETS = {
  coinVault: 336,
  pcVault: 368,
  coinMint: 400,
  pcMint: 432,
  lpMint: 464,
  openOrders: 496,
  market: 528,
  marketProgram: 560,
  targetOrders: 592,
} as const;

/** `coin` is the pool's base token, `pc` (price currency) its quote token. */
export type AmmV4Keys = Readonly<Record<keyof typeof KEY_OFFSETS, Address>>;

/** The states of a pool that trade (raydium-amm `AmmStatus`): with an order book, without one, and without one from a time on. */
export const AMM_V4_STATUS = { initialized: 1n, swapOnly: 6n, waitingTrade: 7n } as const;

/** A pool account without padding, the plan of its orders and what only deposits and withdrawals read. */
export interface AmmV4State {
  readonly keys: AmmV4Keys;
  readonly status: bigint;
  /** Bump of the program's authority. */
  readonly nonce: bigint;
  readonly coinDecimals: bigint;
  readonly pcDecimals: bigint;
  readonly swapFeeNumerator: bigint;
  readonly swapFeeDenominator: bigint;
  /** What the vaults hold for the protocol: no part of the reserves. */
  readonly needTakePnlCoin: bigint;
  readonly needTakePnlPc: bigint;
  /** Unix seconds; read in status 7 alone. */
  readonly poolOpenTime: bigint;
  /** Totals of all swaps and their fees, kept by the program for show. */
  readonly swapCoinIn: bigint;
  readonly swapPcOut: bigint;
  readonly swapPcFee: bigint;
  readonly swapPcIn: bigint;
  readonly swapCoinOut: bigint;
  readonly swapCoinFee: bigint;
  readonly recentEpoch: bigint;
}

export function isAmmV4Pool(data: Uint8Array): boolean {
  return data.length === AMM_V4_POOL_SIZE;
}

/** The addresses of a pool account that passed `isAmmV4Pool`. */
export function decodeAmmV4Keys(data: Uint8Array): AmmV4Keys {
  const bytes = new ByteReader(data);
  return {
    coinVault: bytes.address(KEY_OFFSETS.coinVault),
    pcVault: bytes.address(KEY_OFFSETS.pcVault),
    coinMint: bytes.address(KEY_OFFSETS.coinMint),
    pcMint: bytes.address(KEY_OFFSETS.pcMint),
    lpMint: bytes.address(KEY_OFFSETS.lpMint),
    openOrders: bytes.address(KEY_OFFSETS.openOrders),
    market: bytes.address(KEY_OFFSETS.market),
    marketProgram: bytes.address(KEY_OFFSETS.marketProgram),
    targetOrders: bytes.address(KEY_OFFSETS.targetOrders),
  };
}

/** The state of a pool account that passed `isAmmV4Pool`. */
export function decodeAmmV4Pool(data: Uint8Array, keys: AmmV4Keys): AmmV4State {
  const bytes = new ByteReader(data);
  return {
    keys,
    status: bytes.u64(0),
    nonce: bytes.u64(8),
    coinDecimals: bytes.u64(32),
    pcDecimals: bytes.u64(40),
    swapFeeNumerator: bytes.u64(176),
    swapFeeDenominator: bytes.u64(184),
    needTakePnlCoin: bytes.u64(192),
    needTakePnlPc: bytes.u64(200),
    poolOpenTime: bytes.u64(224),
    swapCoinIn: bytes.u128(256),
    swapPcOut: bytes.u128(272),
    swapPcFee: bytes.u64(288),
    swapPcIn: bytes.u128(296),
    swapCoinOut: bytes.u128(312),
    swapCoinFee: bytes.u64(328),
    recentEpoch: bytes.u64(736),
  };
}

/** Writes a pool over a copy of `template`, whose other bytes stay as they are. */
export function encodeAmmV4Pool(
  state: AmmV4State,
  template: Uint8Array = new Uint8Array(AMM_V4_POOL_SIZE),
): Uint8Array {
  const bytes = new ByteWriter(template.slice());
  for (const [name, offset] of Object.entries(KEY_OFFSETS)) {
    bytes.raw(offset, addressToBytes(state.keys[name as keyof AmmV4Keys]));
  }
  return bytes
    .u64(0, state.status)
    .u64(8, state.nonce)
    .u64(32, state.coinDecimals)
    .u64(40, state.pcDecimals)
    .u64(176, state.swapFeeNumerator)
    .u64(184, state.swapFeeDenominator)
    .u64(192, state.needTakePnlCoin)
    .u64(200, state.needTakePnlPc)
    .u64(224, state.poolOpenTime)
    .u128(256, state.swapCoinIn)
    .u128(272, state.swapPcOut)
    .u64(288, state.swapPcFee)
    .u128(296, state.swapPcIn)
    .u128(312, state.swapCoinOut)
    .u64(328, state.swapCoinFee)
    .u64(736, state.recentEpoch).bytes;
}

/**
 * The accounts of an OpenBook (Serum v3) market that a pool with an order book names. Both start with the word `serum` and the
 * account's flags (serum-dex `state.rs`: `OpenOrders`, `MarketState`, packed).
 */
const PREFIX = Buffer.from('serum');
const FLAGS_AT = 5;
/** Initialized and of its kind. */
const OPEN_ORDERS = { size: 3228, flags: 0b101n } as const;
const MARKET = { size: 388, flags: 0b011n } as const;

/** What a pool has in its market, in base units: what its orders hold and what they have earned. */
export interface OpenOrdersState {
  readonly market: Address;
  readonly owner: Address;
  readonly coinTotal: bigint;
  readonly pcTotal: bigint;
}

/** The addresses of a market that swaps of its pool name. */
export interface MarketState {
  readonly ownAddress: Address;
  readonly vaultSignerNonce: bigint;
  readonly coinVault: Address;
  readonly pcVault: Address;
  readonly eventQueue: Address;
  readonly bids: Address;
  readonly asks: Address;
}

/** null for anything but an open-orders account in use. */
export function decodeOpenOrders(data: Uint8Array): OpenOrdersState | null {
  if (!isKind(data, OPEN_ORDERS)) return null;
  const bytes = new ByteReader(data);
  return { market: bytes.address(13), owner: bytes.address(45), coinTotal: bytes.u64(85), pcTotal: bytes.u64(101) };
}

/** null for anything but a market in use. */
export function decodeMarket(data: Uint8Array): MarketState | null {
  if (!isKind(data, MARKET)) return null;
  const bytes = new ByteReader(data);
  return {
    ownAddress: bytes.address(13),
    vaultSignerNonce: bytes.u64(45),
    coinVault: bytes.address(117),
    pcVault: bytes.address(165),
    eventQueue: bytes.address(253),
    bids: bytes.address(285),
    asks: bytes.address(317),
  };
}

function isKind(data: Uint8Array, kind: { readonly size: number; readonly flags: bigint }): boolean {
  const bytes = new ByteReader(data);
  return data.length === kind.size && bytes.startsWith(PREFIX) && bytes.u64(FLAGS_AT) === kind.flags;
}
