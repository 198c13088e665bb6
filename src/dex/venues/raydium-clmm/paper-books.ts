import type { Address } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import type { AccountMap } from '../../../chain/account.js';
import { bitmapExtensionAddress } from './addresses.js';
import { type ClmmPoolState, encodeClmmPool } from './layout/pool.js';
import { withTickChanges } from './layout/tick-array.js';
import { stateAfterWalk, tickChange } from './math/after-swap.js';
import { flagPlace, withFlagTurned } from './math/array-bitmap.js';
import type { SwapBooks } from './math/books.js';
import type { LocatedArray } from './math/ladder.js';
import type { Walk } from './math/walk.js';

/** A walk that was taken, with what it says of fees and ticks. */
export interface BookedWalk {
  /** Before it. */
  readonly pool: ClmmPoolState;
  readonly walk: Walk;
  readonly books: SwapBooks;
  readonly inToken0: boolean;
  readonly epoch: bigint;
}

/**
 * The program's own accounts after a walk, by address: the pool, every array with a touched tick, and the bitmap extension when an
 * array beyond the pool's bitmap ran empty. Rewards and observations stay as they are.
 */
export function bookedAccounts(
  address: Address,
  accounts: AccountMap,
  booked: BookedWalk,
): ReadonlyMap<Address, Uint8Array> {
  const changed = new Map<Address, Uint8Array>();
  let { arrayBitmap } = booked.pool;
  for (const array of new Set(booked.books.ticks.map(({ rung }) => rung.array))) {
    const { data, isEmpty } = changedArray(array, dataOf(accounts, array.address), booked);
    changed.set(array.address, data);
    if (!isEmpty) continue;
    const place = flagPlace(array.state.start, booked.pool.tickSpacing);
    if (place.inOwn) {
      arrayBitmap = withFlagTurned(arrayBitmap, place);
      continue;
    }
    const extension = bitmapExtensionAddress(address);
    changed.set(extension, withFlagTurned(changed.get(extension) ?? dataOf(accounts, extension), place));
  }
  const { walk, books, inToken0, epoch } = booked;
  const after = stateAfterWalk(booked.pool, walk, books, inToken0);
  const state = { ...after, arrayBitmap, recentEpoch: epoch };
  return changed.set(address, encodeClmmPool(state, dataOf(accounts, address)));
}

function changedArray(array: LocatedArray, data: Uint8Array, { pool, books, inToken0, epoch }: BookedWalk) {
  const growths = { inToken0, other: inToken0 ? pool.feeGrowth1 : pool.feeGrowth0 };
  const touched = books.ticks.filter(({ rung }) => rung.array === array);
  return withTickChanges(
    data,
    touched.map((tick) => tickChange(tick, data, growths)),
    epoch,
  );
}

function dataOf(accounts: AccountMap, address: Address): Uint8Array {
  const account = accounts.get(address);
  if (account === undefined) throw new EngineError('internal', `${address} is not among the swap's accounts`);
  return account.data;
}
