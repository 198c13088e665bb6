import type { Address } from '../../../kernel/address.js';
import { BPS_DENOMINATOR } from '../../../kernel/bps.js';
import { U128_MAX } from '../../../kernel/math.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { type PoolRefusal, refuse } from '../../domain/pool.js';
import { mintTerms } from '../token-2022.js';
import { binArrayAddress, bitmapExtensionAddress, DLMM_PROGRAM, tokenProgramOf } from './instructions.js';
import { arrayIndexOf, BinArray } from './layout/bin-array.js';
import { decodeBitmapExtension } from './layout/bitmap-extension.js';
import {
  ACTIVATION_BY,
  COLLECT_FEE_MODE,
  decodeLbPair,
  type DlmmKeys,
  type DlmmPairState,
  FUNCTION_TYPE,
  PAIR_TYPE,
} from './layout/lb-pair.js';
import { BinArrayBitmap, isExternal } from './math/bitmap.js';
import { baseFeeRate } from './math/fee.js';
import { DlmmPool } from './math/pool.js';
import { binPrice } from './math/price.js';
import type { BinArrays, ReadBinArray } from './math/walk.js';

/** Puts a pool together from an account that passed `isLbPair`, its addresses, its mints' accounts and what is known of its bins. */
export function readDlmmPool(
  account: Account,
  keys: DlmmKeys,
  accounts: AccountMap,
): { readonly ok: true; readonly pool: DlmmPool } | PoolRefusal {
  const { address } = account;
  const state = decodeLbPair(account.data, keys);
  if (!isLegal(state)) return refuse('state-invalid');
  if (!isSupported(state)) return refuse('unsupported-pool');
  const price = binPrice(state.binStep, state.activeId);
  if (price === null) return refuse('state-invalid');
  const termsX = mintTerms(accounts, keys.mintX, tokenProgramOf(state.tokenFlagX));
  if (!termsX.ok) return termsX;
  const termsY = mintTerms(accounts, keys.mintY, tokenProgramOf(state.tokenFlagY));
  if (!termsY.ok) return termsY;
  return {
    ok: true,
    pool: new DlmmPool({
      address,
      state,
      price,
      ...readBitmap(address, state, accounts),
      arrays: new GivenBinArrays(address, accounts),
      transferFees: [termsX.transferFee, termsY.transferFee],
    }),
  };
}

/** A pair's bitmap with its extension, where there is one. */
export function readBitmap(
  pair: Address,
  state: DlmmPairState,
  accounts: AccountMap,
): { readonly bitmap: BinArrayBitmap; readonly extension: Address | null } {
  const none = { bitmap: new BinArrayBitmap(state.bitmap, null), extension: null };
  if (!mayHaveExtension(state)) return none;
  const address = bitmapExtensionAddress(pair);
  const account = accounts.get(address);
  const bits = account?.owner === DLMM_PROGRAM ? decodeBitmapExtension(account.data, pair) : null;
  return bits === null ? none : { bitmap: new BinArrayBitmap(state.bitmap, bits), extension: address };
}

/** Whether the pair's bins can lie beyond its own bitmap; with wide steps they can't. */
export function mayHaveExtension({ minimumBinId, maximumBinId, activeId }: DlmmPairState): boolean {
  return [minimumBinId, maximumBinId, activeId].some((id) => isExternal(arrayIndexOf(id)));
}

/** The bin arrays among the accounts that were read, found by their derived addresses. */
class GivenBinArrays implements BinArrays {
  private readonly known = new Map<number, ReadBinArray | PoolRefusal>();

  constructor(
    private readonly pair: Address,
    private readonly accounts: AccountMap,
  ) {}

  at(index: number): ReadBinArray | PoolRefusal {
    const known = this.known.get(index);
    if (known !== undefined) return known;
    const array = this.read(index);
    this.known.set(index, array);
    return array;
  }

  private read(index: number): ReadBinArray | PoolRefusal {
    const address = binArrayAddress(this.pair, index);
    const account = this.accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    const bins = account.owner === DLMM_PROGRAM ? BinArray.of(account.data, this.pair, index) : null;
    return bins === null ? refuse('state-invalid') : { ok: true, address, bins };
  }
}

/** What every pair of the program satisfies; quotes rely on it. */
function isLegal(state: DlmmPairState): boolean {
  return (
    state.binStep > 0 &&
    baseFeeRate(state) <= U128_MAX &&
    state.activationType <= ACTIVATION_BY.time &&
    state.tokenFlagX <= 1 &&
    state.tokenFlagY <= 1 &&
    BigInt(state.protocolShareBps) <= BPS_DENOMINATOR &&
    state.keys.mintX !== state.keys.mintY
  );
}

/** What this engine knows. */
function isSupported({ collectFeeMode, functionType, pairType }: DlmmPairState): boolean {
  return (
    collectFeeMode <= COLLECT_FEE_MODE.onlyY &&
    functionType <= FUNCTION_TYPE.limitOrder &&
    pairType <= PAIR_TYPE.permissionlessV2
  );
}
