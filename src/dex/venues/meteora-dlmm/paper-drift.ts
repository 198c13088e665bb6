import type { Address } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import { maxBigInt, minBigInt, mulDivFloor } from '../../../kernel/math.js';
import { NATIVE_MINT } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { readTokenAccount, withAmount } from '../../../chain/paper/programs/token/token-state.js';
import type { PriceFactor } from '../paper-venue.js';
import { binArrayAddress } from './instructions.js';
import { arrayIndexOf, type Bin, BINS_PER_ARRAY, decodeBin, writeBin } from './layout/bin-array.js';
import { decodeDlmmKeys, decodeLbPair, type DlmmPairState, encodeLbPair, isLbPair } from './layout/lb-pair.js';
import { BinArrayBitmap, INTERNAL_FIRST, INTERNAL_LAST } from './math/bitmap.js';
import { binPrice, inputFor, outputFor } from './math/price.js';

/**
 * Moves the price as arbitrage would: bins that it passes are bought empty at their own price, and the last one in part. That part is
 * where the price stands within the bin, so that small steps add up.
 */
export function drift(
  accounts: AccountMap,
  address: Address,
  baseMint: Address,
  factor: PriceFactor,
): readonly Account[] {
  const account = accounts.get(address);
  if (account === undefined || !isLbPair(account.data)) {
    throw new EngineError('internal', `${address} is no dlmm pair`);
  }
  const state = decodeLbPair(account.data, decodeDlmmKeys(account.data));
  const [up, down] =
    baseMint === state.keys.mintX ? [factor.numerator, factor.denominator] : [factor.denominator, factor.numerator];
  const bins = new MovingBins(address, state, accounts);
  const activeId = bins.moveTo(mulDivFloor(bins.price(), up, down));
  return [{ ...account, data: encodeLbPair({ ...state, activeId }, account.data) }, ...bins.changed()];
}

/** The bins of one pair, and what arbitrage brings to its vaults and takes from them. */
class MovingBins {
  private readonly arrays = new Map<number, { readonly account: Account; readonly data: Uint8Array }>();
  private readonly first: number;
  private readonly last: number;
  private id: number;
  private gainedX = 0n;
  private gainedY = 0n;

  constructor(
    pair: Address,
    private readonly state: DlmmPairState,
    private readonly accounts: AccountMap,
  ) {
    this.id = state.activeId;
    const bitmap = new BinArrayBitmap(state.bitmap, null);
    for (let index = bitmap.nearest(INTERNAL_FIRST, false); index !== null; index = bitmap.nearest(index + 1, false)) {
      const account = accounts.get(binArrayAddress(pair, index));
      if (account !== undefined) this.arrays.set(index, { account, data: account.data.slice() });
    }
    const indexes = [...this.arrays.keys()];
    this.first = (indexes[0] ?? INTERNAL_FIRST) * BINS_PER_ARRAY;
    this.last = ((indexes.at(-1) ?? INTERNAL_LAST) + 1) * BINS_PER_ARRAY - 1;
  }

  /** Where the price stands, between the active bin's and the next one's: the more of it is Y, the higher. Q64.64, rounded down. */
  price(): bigint {
    const low = this.priceOf(this.id);
    const bin = this.bin(this.id);
    const worth = bin === null ? 0n : worthInY(bin, low);
    return bin === null || worth === 0n ? low : low + ((this.priceOf(this.id + 1) - low) * bin.amountY) / worth;
  }

  /** Ends at the edge when the price lies beyond the last array. Tells the active bin. */
  moveTo(price: bigint): number {
    for (; this.id < this.last && price >= this.priceOf(this.id + 1); this.id++) this.convert(1n, 1n);
    for (; this.id > this.first && price < this.priceOf(this.id); this.id--) this.convert(0n, 1n);
    const low = this.priceOf(this.id);
    const width = this.priceOf(this.id + 1) - low;
    this.convert(maxBigInt(0n, minBigInt(width, price - low)), width);
    return this.id;
  }

  /** The vaults (wrapped SOL stays backed) and the arrays, with what has changed in them. */
  changed(): readonly Account[] {
    const { keys } = this.state;
    const vaults = [
      this.vault(keys.reserveX, keys.mintX, this.gainedX),
      this.vault(keys.reserveY, keys.mintY, this.gainedY),
    ];
    return [...vaults, ...[...this.arrays.values()].map(({ account, data }) => ({ ...account, data }))];
  }

  private vault(address: Address, mint: Address, gained: bigint): Account {
    const vault = this.accounts.get(address);
    if (vault === undefined) throw new EngineError('internal', `the vault ${address} was not read`);
    const { amount } = readTokenAccount(vault.data);
    const lamports = mint === NATIVE_MINT ? vault.lamports + gained : vault.lamports;
    return { ...vault, lamports, data: withAmount(vault.data, amount + gained) };
  }

  /** Leaves `share / whole` of the active bin's worth in Y, paid for at its price; every rounding is the arbitrageur's loss. */
  private convert(share: bigint, whole: bigint): void {
    const bin = this.bin(this.id);
    if (bin === null) return;
    const price = this.priceOf(this.id);
    const wantedY = share === whole ? null : mulDivFloor(worthInY(bin, price), share, whole);
    if (wantedY === null) {
      this.trade(bin, -bin.amountX, inputFor(bin.amountX, price, false));
    } else if (wantedY > bin.amountY) {
      const paid = wantedY - bin.amountY;
      this.trade(bin, -minBigInt(bin.amountX, outputFor(paid, price, false)), paid);
    } else {
      const taken = bin.amountY - wantedY;
      this.trade(bin, inputFor(taken, price, true), -taken);
    }
  }

  private trade(bin: Bin, x: bigint, y: bigint): void {
    this.gainedX += x;
    this.gainedY += y;
    const at = this.placeOf(this.id);
    if (at !== null) writeBin(at.data, at.place, { ...bin, amountX: bin.amountX + x, amountY: bin.amountY + y });
  }

  private bin(id: number): Bin | null {
    const at = this.placeOf(id);
    return at === null ? null : decodeBin(at.data, at.place);
  }

  private placeOf(id: number): { readonly data: Uint8Array; readonly place: number } | null {
    const index = arrayIndexOf(id);
    const array = this.arrays.get(index);
    return array === undefined ? null : { data: array.data, place: id - index * BINS_PER_ARRAY };
  }

  private priceOf(id: number): bigint {
    const price = binPrice(this.state.binStep, id);
    if (price === null) throw new EngineError('internal', `bin ${id} has no price`);
    return price;
  }
}

function worthInY({ amountX, amountY }: Bin, price: bigint): bigint {
  return outputFor(amountX, price, true) + amountY;
}
