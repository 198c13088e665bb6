import type { Address } from '../../../kernel/address.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { type PoolRefusal, refuse } from '../../domain/pool.js';
import { FixedPart } from '../fixed-part.js';
import { mintTerms } from '../token-2022.js';
import { vaultBalance } from '../token-account.js';
import { bitmapExtensionAddress, tickArrayAddress } from './addresses.js';
import { CLMM_PROGRAM } from './instructions.js';
import { isBitmapExtension } from './layout/bitmap-extension.js';
import { type ClmmConfigState, decodeClmmConfig, isClmmConfig } from './layout/config.js';
import { type ClmmKeys, type ClmmPoolState, decodeClmmPool } from './layout/pool.js';
import { decodeTickArray, isTickArray, TICK_ARRAY_RANGE, type TickArrayState } from './layout/tick-array.js';
import { ArrayBitmap, arrayStart, canHaveExtension } from './math/array-bitmap.js';
import { type LocatedArray, MAXIMUM_ARRAYS } from './math/ladder.js';
import { ClmmPool } from './math/pool.js';
import { RATE_DENOMINATOR } from './math/step.js';
import { MAX_SQRT_PRICE, MAX_TICK, MIN_SQRT_PRICE, MIN_TICK, sqrtPriceAtTick } from './math/tick-price.js';
import { flaggedArrays } from './nearby-arrays.js';

const U32_MAX = 0xffff_ffff;
/** Ten kilobytes each. */
const REMEMBERED_ARRAYS = 2_000;
const { from, to } = TICK_ARRAY_RANGE;
const tickArrays = new FixedPart<TickArrayState>(from, to, decodeTickArray, REMEMBERED_ARRAYS);

/** The flags of a pool's arrays, with those of its extension where that is among `accounts`. */
export interface Flags {
  readonly bitmap: ArrayBitmap;
  readonly extension: Address | null;
}

/** Puts a pool together from an account that passed `isClmmPool`, its addresses, and the accounts that these and its bitmaps name. */
export function readClmmPool(
  account: Account,
  keys: ClmmKeys,
  accounts: AccountMap,
): { readonly ok: true; readonly pool: ClmmPool } | PoolRefusal {
  const { address } = account;
  const state = decodeClmmPool(account.data, keys);
  const configAccount = accounts.get(keys.config);
  if (configAccount === undefined) return refuse('state-missing');
  if (configAccount.owner !== CLMM_PROGRAM || !isClmmConfig(configAccount.data)) return refuse('state-invalid');
  const config = decodeClmmConfig(configAccount.data);
  if (!isLegal(state) || !areLegalRates(config)) return refuse('state-invalid');

  const side0 = readSide(accounts, keys.vault0, keys.mint0);
  if (!side0.ok) return side0;
  const side1 = readSide(accounts, keys.vault1, keys.mint1);
  if (!side1.ok) return side1;
  const flags = readFlags(address, state.tickSpacing, state.arrayBitmap, accounts);
  if (flags === null) return refuse('state-invalid');
  const arrays = readArrays(address, state, flags.bitmap, accounts);
  if (arrays === null) return refuse('state-invalid');
  const pool = new ClmmPool({
    address,
    state,
    config,
    bitmap: flags.bitmap,
    extension: flags.extension,
    arrays,
    balances: [side0.balance, side1.balance],
    tokenPrograms: [side0.tokenProgram, side1.tokenProgram],
    transferFees: [side0.transferFee, side1.transferFee],
  });
  return { ok: true, pool };
}

/** A vault and its mint. The pool does not say which token program is theirs: the vault does. */
function readSide(accounts: AccountMap, vault: Address, mint: Address) {
  const account = accounts.get(vault);
  if (account === undefined) return refuse('state-missing');
  const balance = vaultBalance(account, account.owner);
  if (balance === null) return refuse('state-invalid');
  const terms = mintTerms(accounts, mint, account.owner);
  if (!terms.ok) return terms;
  return { ok: true, transferFee: terms.transferFee, balance, tokenProgram: account.owner } as const;
}

/** null when the account at the extension's address is none. */
export function readFlags(pool: Address, tickSpacing: number, own: Uint8Array, accounts: AccountMap): Flags | null {
  const address = canHaveExtension(tickSpacing) ? bitmapExtensionAddress(pool) : null;
  const account = address === null ? undefined : accounts.get(address);
  if (account === undefined) return { bitmap: new ArrayBitmap(tickSpacing, own, null), extension: null };
  if (account.owner !== CLMM_PROGRAM || !isBitmapExtension(account.data, pool)) return null;
  return { bitmap: new ArrayBitmap(tickSpacing, own, account.data), extension: address };
}

/** The arrays that a swap can get to: in both directions up to the first that was not given. null when one is broken. */
function readArrays(
  pool: Address,
  { tick, tickSpacing }: ClmmPoolState,
  bitmap: ArrayBitmap,
  accounts: AccountMap,
): ReadonlyMap<number, LocatedArray> | null {
  const found = new Map<number, LocatedArray>();
  const own = arrayStart(tick, tickSpacing);
  const take = (start: number): 'taken' | 'absent' | 'broken' => {
    const address = tickArrayAddress(pool, start);
    const account = accounts.get(address);
    if (account === undefined) return 'absent';
    const array = readArray(account, pool, start);
    if (array === null) return 'broken';
    found.set(start, { address, state: array });
    return 'taken';
  };
  if (bitmap.has(own) === true && take(own) === 'broken') return null;
  for (const downwards of [true, false]) {
    let room = MAXIMUM_ARRAYS;
    for (const start of flaggedArrays(bitmap, own, downwards)) {
      const taken = take(start);
      if (taken === 'broken') return null;
      room -= 1;
      if (taken === 'absent' || room === 0) break;
    }
  }
  return found;
}

function readArray({ address, owner, data }: Account, pool: Address, start: number): TickArrayState | null {
  if (owner !== CLMM_PROGRAM || !isTickArray(data)) return null;
  const array = tickArrays.of(address, data);
  return array.pool === pool && array.start === start ? array : null;
}

/** What every pool of the program satisfies; quotes rely on it. */
function isLegal({ keys, tickSpacing, sqrtPrice, tick, dynamicFee }: ClmmPoolState): boolean {
  return (
    keys.mint0 !== keys.mint1 &&
    tickSpacing > 0 &&
    sqrtPrice >= MIN_SQRT_PRICE &&
    sqrtPrice < MAX_SQRT_PRICE &&
    tick >= MIN_TICK &&
    tick < MAX_TICK &&
    sqrtPrice >= sqrtPriceAtTick(tick) &&
    // Equal after a fall to the very price of an initialized tick, which leaves the pool on the tick below.
    sqrtPrice <= sqrtPriceAtTick(tick + 1) &&
    (dynamicFee === null || dynamicFee.maximumVolatility * tickSpacing <= U32_MAX)
  );
}

function areLegalRates({ tradeRate, protocolRate, fundRate }: ClmmConfigState): boolean {
  return tradeRate < RATE_DENOMINATOR && protocolRate + fundRate <= RATE_DENOMINATOR;
}
