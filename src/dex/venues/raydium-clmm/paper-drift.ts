import type { Address } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import { isqrt, maxBigInt, minBigInt, U64_MAX } from '../../../kernel/math.js';
import { NATIVE_MINT } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { readTokenAccount, withAmount } from '../../../chain/paper/programs/token/token-state.js';
import type { PriceFactor } from '../paper-venue.js';
import { decodeClmmKeys, isClmmPool } from './layout/pool.js';
import { SwapBooks } from './math/books.js';
import type { ClmmPool } from './math/pool.js';
import { furthestPrice, Walk } from './math/walk.js';
import { bookedAccounts } from './paper-books.js';
import { readClmmPool } from './read-pool.js';

const FREE = { protocolRate: 0n, fundRate: 0n };
const ANY_TIME = { slot: 0n, unixTimestamp: 0n, epoch: 0n };

/**
 * Somebody trades without a fee until the price is there, so ticks are crossed and the vaults hold what their liquidity needs. The
 * price stays where it is when the liquidity ends before.
 */
export function drift(
  accounts: AccountMap,
  address: Address,
  baseMint: Address,
  factor: PriceFactor,
): readonly Account[] {
  const pool = poolAt(accounts, address);
  const { sqrtPrice } = pool.state;
  const wanted = wantedPrice(sqrtPrice, baseMint === pool.mints[0], factor);
  if (wanted === sqrtPrice) return [];
  const zeroForOne = wanted < sqrtPrice;
  const books = new SwapBooks(FREE, pool.state.feeGrowth0);
  const terms = { ...pool.side(zeroForOne, ANY_TIME).terms(true, wanted), baseRate: 0n, volatility: null };
  const walk = new Walk(terms, U64_MAX, books);
  if (walk.run() !== null) return [];
  const { state } = pool;
  const booked = { pool: state, walk, books, inToken0: true, epoch: state.recentEpoch };
  const moved = [...bookedAccounts(address, accounts, booked)].map(([key, data]) => ({
    ...accountAt(accounts, key),
    data,
  }));
  return [...moved, ...movedVaults(accounts, pool, zeroForOne, walk)];
}

/** The square root of the moved price, rounded down, within the program's range. */
function wantedPrice(sqrtPrice: bigint, baseIs0: boolean, { numerator, denominator }: PriceFactor): bigint {
  const squared = sqrtPrice * sqrtPrice;
  const moved = isqrt(baseIs0 ? (squared * numerator) / denominator : (squared * denominator) / numerator);
  return maxBigInt(furthestPrice(true), minBigInt(furthestPrice(false), moved));
}

function movedVaults(accounts: AccountMap, pool: ClmmPool, zeroForOne: boolean, walk: Walk): readonly Account[] {
  const { keys } = pool.state;
  const entered = U64_MAX - walk.remaining;
  const [change0, change1] = zeroForOne ? [entered, -walk.other] : [-walk.other, entered];
  return [
    withChange(accountAt(accounts, keys.vault0), keys.mint0, change0),
    withChange(accountAt(accounts, keys.vault1), keys.mint1, change1),
  ];
}

/** The lamports of a vault follow where it holds wrapped SOL. */
function withChange(vault: Account, mint: Address, change: bigint): Account {
  const lamports = mint === NATIVE_MINT ? vault.lamports + change : vault.lamports;
  return { ...vault, lamports, data: withAmount(vault.data, readTokenAccount(vault.data).amount + change) };
}

function poolAt(accounts: AccountMap, address: Address): ClmmPool {
  const account = accountAt(accounts, address);
  if (!isClmmPool(account.data)) throw new EngineError('internal', `${address} is no clmm pool`);
  const read = readClmmPool(account, decodeClmmKeys(account.data), accounts);
  if (!read.ok) throw new EngineError('internal', `${address} is broken`);
  return read.pool;
}

function accountAt(accounts: AccountMap, address: Address): Account {
  const account = accounts.get(address);
  if (account === undefined) throw new EngineError('internal', `${address} does not exist`);
  return account;
}
