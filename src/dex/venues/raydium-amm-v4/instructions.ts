import { type AccountMeta, AccountRole, type Instruction } from '@solana/kit';
import { type Address, address } from '../../../kernel/address.js';
import { ByteWriter } from '../../../kernel/bytes.js';
import { TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { SwapOrder } from '../../domain/swap.js';
import type { AmmV4Keys } from './layout.js';

export const AMM_V4_PROGRAM = address('675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8');
/** Owner of every vault: the program's address of seed `amm authority`, and its bump. */
export const AMM_V4_AUTHORITY = address('5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1');
export const AMM_V4_AUTHORITY_BUMP = 254n;

/**
 * Which swap instruction to send: `v1`, which every build of the program takes, or `v2`, which is newer, smaller and names no
 * market. Pools with an order book are always swapped on by `v1`: builds that know them refuse `v2`.
 */
export type AmmV4SwapVersion = 'v1' | 'v2';

/** First byte of each swap (raydium-amm `instruction.rs`). */
export const SWAP_TAGS = { v1: { ExactIn: 9, ExactOut: 11 }, v2: { ExactIn: 16, ExactOut: 17 } } as const;

/** The accounts of a pool's market. */
export interface AmmV4Market {
  readonly bids: Address;
  readonly asks: Address;
  readonly eventQueue: Address;
  readonly coinVault: Address;
  readonly pcVault: Address;
  readonly vaultSigner: Address;
}

export interface AmmV4SwapTarget {
  readonly address: Address;
  readonly keys: AmmV4Keys;
  /** null for pools without an order book. */
  readonly market: AmmV4Market | null;
}

/** The swap instruction: `(amountIn, minimumOut)` or `(maximumIn, amountOut)` behind the tag of its version and mode. */
export function ammV4SwapInstruction(
  pool: AmmV4SwapTarget,
  order: SwapOrder,
  configured: AmmV4SwapVersion,
): Instruction {
  const version = pool.market === null ? configured : 'v1';
  const [openOrders, market] = version === 'v2' ? [[], []] : marketAccounts(pool);
  const accounts = [
    { address: TOKEN_PROGRAM, role: AccountRole.READONLY },
    { address: pool.address, role: AccountRole.WRITABLE },
    { address: AMM_V4_AUTHORITY, role: AccountRole.READONLY },
    ...openOrders,
    { address: pool.keys.coinVault, role: AccountRole.WRITABLE },
    { address: pool.keys.pcVault, role: AccountRole.WRITABLE },
    ...market,
    { address: order.inputAccount, role: AccountRole.WRITABLE },
    { address: order.outputAccount, role: AccountRole.WRITABLE },
    { address: order.owner, role: AccountRole.READONLY_SIGNER },
  ];
  return { programAddress: AMM_V4_PROGRAM, accounts, data: swapData(order, version) };
}

/** Slots of a `v1` swap that only pools with an order book look into. */
const MARKET_SLOTS = 8;

/** The open orders, and what follows the vaults. Without an order book the pool's own address stands in every slot: none is read. */
function marketAccounts({ address: pool, keys, market }: AmmV4SwapTarget): [AccountMeta[], AccountMeta[]] {
  if (market === null) {
    const stand = { address: pool, role: AccountRole.WRITABLE };
    return [[stand], Array.from({ length: MARKET_SLOTS }, () => stand)];
  }
  return [
    [{ address: keys.openOrders, role: AccountRole.WRITABLE }],
    [
      { address: keys.marketProgram, role: AccountRole.READONLY },
      { address: keys.market, role: AccountRole.WRITABLE },
      { address: market.bids, role: AccountRole.WRITABLE },
      { address: market.asks, role: AccountRole.WRITABLE },
      { address: market.eventQueue, role: AccountRole.WRITABLE },
      { address: market.coinVault, role: AccountRole.WRITABLE },
      { address: market.pcVault, role: AccountRole.WRITABLE },
      { address: market.vaultSigner, role: AccountRole.READONLY },
    ],
  ];
}

function swapData(order: SwapOrder, version: AmmV4SwapVersion): Uint8Array {
  const { swapMode, amount, otherAmountThreshold } = order;
  const [first, second] = swapMode === 'ExactIn' ? [amount, otherAmountThreshold] : [otherAmountThreshold, amount];
  return new ByteWriter(new Uint8Array(17)).u8(0, SWAP_TAGS[version][swapMode]).u64(1, first).u64(9, second).bytes;
}
