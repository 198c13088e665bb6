import { Inject, Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import { type Address, addressToBytes, compareAddressBytes } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { ChainClient } from '../../../chain/chain-client.js';
import { type Pool, refuse } from '../../domain/pool.js';
import type { SwapOrder, SwapPath } from '../../domain/swap.js';
import { type DecodeResult, type PoolRef, type Reach, type SwapErrorMeaning, Venue } from '../../domain/venue.js';
import { FixedPart } from '../fixed-part.js';
import { bitmapExtensionAddress, tickArrayAddress } from './addresses.js';
import { clmmErrorMeaning } from './errors.js';
import { CLMM_PROGRAM, clmmSwapInstruction } from './instructions.js';
import {
  CLMM_KEYS_RANGE,
  CLMM_MINT_OFFSETS,
  CLMM_POOL_DISCRIMINATOR,
  CLMM_POOL_SIZE,
  type ClmmKeys,
  decodeClmmKeys,
  decodeClmmPool,
  isClmmPool,
} from './layout/pool.js';
import { arrayStart, canHaveExtension } from './math/array-bitmap.js';
import { MAXIMUM_ARRAYS } from './math/ladder.js';
import { ClmmPool } from './math/pool.js';
import { arraysAhead, arraysAround, flaggedBeyond } from './nearby-arrays.js';
import { readClmmPool, readFlags } from './read-pool.js';

/** Flagged arrays to read on either side of the present one. */
const ARRAYS_WITHIN: Readonly<Record<Reach, number>> = { near: 2, far: MAXIMUM_ARRAYS };
/** Arrays named beyond those of the quote, for a price that moves on before the swap lands. Each takes room from other swaps of a route. */
const SPARE_ARRAYS = 1;
/** Arrays named for a swap whose quote is not known, spare ones included. */
const UNQUOTED_ARRAYS = 5;

/** Seen with the build of April 2026: 47 to 80 thousand units without a crossing, about 20 thousand more for each. */
const COMPUTE_UNITS = { base: 90_000, perStep: 25_000, perArray: 15_000, most: 1_400_000, unquoted: 300_000 } as const;

/** Raydium's concentrated pools (raydium-clmm), Token-2022 mints, dynamic fees and limit orders included. */
@Injectable()
export class RaydiumClmmVenue extends Venue {
  readonly name = 'raydium';
  readonly program = 'clmm';
  readonly programId = CLMM_PROGRAM;

  private readonly keys = new FixedPart<ClmmKeys>(CLMM_KEYS_RANGE.from, CLMM_KEYS_RANGE.to, decodeClmmKeys);

  constructor(@Inject(ChainClient) private readonly chain: Pick<ChainClient, 'programAccounts'>) {
    super();
  }

  async discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]> {
    const [mint0, mint1] = compareAddressBytes(mintA, mintB) < 0 ? [mintA, mintB] : [mintB, mintA];
    const accounts = await this.chain.programAccounts(this.programId, {
      dataSize: CLMM_POOL_SIZE,
      memcmp: [
        { offset: 0, bytes: CLMM_POOL_DISCRIMINATOR },
        { offset: CLMM_MINT_OFFSETS[0], bytes: addressToBytes(mint0) },
        { offset: CLMM_MINT_OFFSETS[1], bytes: addressToBytes(mint1) },
      ],
    });
    return accounts.map((account) => this.poolRef(account)).filter((ref) => ref !== null);
  }

  poolRef(account: Account): PoolRef | null {
    if (account.owner !== this.programId || !isClmmPool(account.data)) return null;
    const { mint0, mint1 } = this.keys.of(account.address, account.data);
    const accounts = this.accountsOf(account, new Map(), 'near');
    return { program: this.program, address: account.address, mints: [mint0, mint1], accounts };
  }

  /** Near: the present array and two flagged ones to either side. Far: as many as one transaction can name. */
  override neededAccounts(ref: PoolRef, accounts: AccountMap, reach: Reach): readonly Address[] {
    const account = accounts.get(ref.address);
    if (account?.owner !== this.programId || !isClmmPool(account.data)) return ref.accounts;
    return this.accountsOf(account, accounts, reach);
  }

  /** Flags beyond the pool's own bitmap are seen once the extension is among `given`. */
  private accountsOf({ address, data }: Account, given: AccountMap, reach: Reach): readonly Address[] {
    const keys = this.keys.of(address, data);
    const { tick, tickSpacing, arrayBitmap } = decodeClmmPool(data, keys);
    const named = [address, keys.config, keys.vault0, keys.vault1, keys.mint0, keys.mint1];
    if (tickSpacing === 0) return named;
    if (canHaveExtension(tickSpacing)) named.push(bitmapExtensionAddress(address));
    const flags = readFlags(address, tickSpacing, arrayBitmap, given);
    if (flags === null) return named;
    return [...named, ...arraysAround(address, { bitmap: flags.bitmap, tick, tickSpacing }, ARRAYS_WITHIN[reach])];
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    if (account.owner !== this.programId || !isClmmPool(account.data)) return refuse('state-invalid');
    return readClmmPool(account, this.keys.of(address, account.data), accounts);
  }

  swapInstruction(pool: Pool, order: SwapOrder): Instruction {
    if (!(pool instanceof ClmmPool)) throw new EngineError('internal', 'pool is not one of raydium clmm');
    const { bitmap, extension } = pool.parts;
    const downwards = order.inputMint === pool.mints[0];
    const starts = startsOf(pool, downwards, order);
    const arrays = starts.map((start) => tickArrayAddress(pool.address, start));
    // The program looks there for the present array and for those that it goes on to.
    const seen = [arrayStart(pool.state.tick, pool.state.tickSpacing), ...starts];
    const isExtended = extension !== null && seen.some((start) => bitmap.isBeyondOwn(start));
    return clmmSwapInstruction(pool.address, pool.state.keys, order, isExtended ? [extension, ...arrays] : arrays);
  }

  computeUnitLimit(path?: SwapPath): number {
    const { base, perStep, perArray, most, unquoted } = COMPUTE_UNITS;
    if (path === undefined) return unquoted;
    return Math.min(most, base + perStep * path.steps + perArray * path.arrays.length);
  }

  errorMeaning(customCode: number, errorName?: string): SwapErrorMeaning {
    return clmmErrorMeaning(customCode, errorName);
  }
}

/** The quote's arrays and some spare ones beyond, as many as a transaction has room for. */
function startsOf(pool: ClmmPool, downwards: boolean, { path, withoutSpares }: SwapOrder): readonly number[] {
  const { bitmap } = pool.parts;
  const { tick, tickSpacing } = pool.state;
  const quoted = path?.arrays.length ?? UNQUOTED_ARRAYS - SPARE_ARRAYS;
  const starts = arraysAhead(bitmap, tick, tickSpacing, { downwards, count: quoted });
  const last = starts.at(-1);
  if (last === undefined || withoutSpares === true) return starts;
  const count = Math.min(SPARE_ARRAYS, MAXIMUM_ARRAYS - starts.length);
  return [...starts, ...flaggedBeyond(bitmap, last, { downwards, count })];
}
