import { Inject, Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import { type Address, addressToBytes } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { ChainClient } from '../../../chain/chain-client.js';
import { type Pool, refuse } from '../../domain/pool.js';
import type { SwapOrder, SwapPath } from '../../domain/swap.js';
import { type DecodeResult, type PoolRef, type Reach, type SwapErrorMeaning, Venue } from '../../domain/venue.js';
import { FixedPart } from '../fixed-part.js';
import { binArrayAddress, bitmapExtensionAddress, DLMM_PROGRAM, dlmmSwapInstruction } from './instructions.js';
import {
  decodeDlmmKeys,
  decodeLbPair,
  type DlmmKeys,
  isLbPair,
  LB_PAIR_DISCRIMINATOR,
  LB_PAIR_KEYS_RANGE,
  LB_PAIR_MINT_OFFSETS,
  LB_PAIR_SIZE,
} from './layout/lb-pair.js';
import { DlmmPool, existingArrays } from './math/pool.js';
import { mayHaveExtension, readBitmap, readDlmmPool } from './read-pool.js';

/** Existing arrays to read in each direction, that of the active bin among them. */
const ARRAYS_EACH_WAY: Readonly<Record<Reach, number>> = { near: 3, far: 7 };

/** What a swap is taken to pass when its quote is not at hand. */
const UNKNOWN_PATH = { bins: 15, arrays: 2 };

/** Meteora's DLMM pairs (lb_clmm): liquidity in bins of one price each, limit orders among it. */
@Injectable()
export class MeteoraDlmmVenue extends Venue {
  readonly name = 'meteora';
  readonly program = 'dlmm';
  readonly programId = DLMM_PROGRAM;

  private readonly keys = new FixedPart<DlmmKeys>(LB_PAIR_KEYS_RANGE.from, LB_PAIR_KEYS_RANGE.to, decodeDlmmKeys);

  constructor(@Inject(ChainClient) private readonly chain: Pick<ChainClient, 'programAccounts'>) {
    super();
  }

  async discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]> {
    const found = await Promise.all([this.pairsOf(mintA, mintB), this.pairsOf(mintB, mintA)]);
    return found
      .flat()
      .map((account) => this.poolRef(account))
      .filter((ref) => ref !== null);
  }

  private pairsOf(mintX: Address, mintY: Address): Promise<readonly Account[]> {
    return this.chain.programAccounts(this.programId, {
      dataSize: LB_PAIR_SIZE,
      memcmp: [
        { offset: 0, bytes: LB_PAIR_DISCRIMINATOR },
        { offset: LB_PAIR_MINT_OFFSETS[0], bytes: addressToBytes(mintX) },
        { offset: LB_PAIR_MINT_OFFSETS[1], bytes: addressToBytes(mintY) },
      ],
    });
  }

  poolRef(account: Account): PoolRef | null {
    if (!this.isPair(account)) return null;
    const { mintX, mintY } = this.keys.of(account.address, account.data);
    return {
      program: this.program,
      address: account.address,
      mints: [mintX, mintY],
      accounts: this.accountsOf(account, new Map(), 'near'),
    };
  }

  override neededAccounts(ref: PoolRef, accounts: AccountMap, reach: Reach): readonly Address[] {
    const account = accounts.get(ref.address);
    return account === undefined || !this.isPair(account) ? ref.accounts : this.accountsOf(account, accounts, reach);
  }

  /** Vaults are not among them: bins say what there is. The extension may not exist. */
  private accountsOf({ address, data }: Account, accounts: AccountMap, reach: Reach): readonly Address[] {
    const keys = this.keys.of(address, data);
    const state = decodeLbPair(data, keys);
    const { bitmap } = readBitmap(address, state, accounts);
    const count = ARRAYS_EACH_WAY[reach];
    const below = existingArrays(bitmap, state.activeId, true, count);
    const above = existingArrays(bitmap, state.activeId, false, count);
    const arrays = [...new Set([...below, ...above])].map((index) => binArrayAddress(address, index));
    const extension = mayHaveExtension(state) ? [bitmapExtensionAddress(address)] : [];
    return [address, keys.mintX, keys.mintY, ...extension, ...arrays];
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    if (!this.isPair(account)) return refuse('state-invalid');
    return readDlmmPool(account, this.keys.of(address, account.data), accounts);
  }

  swapInstruction(pool: Pool, order: SwapOrder): Instruction {
    if (!(pool instanceof DlmmPool)) throw new EngineError('internal', 'pool is not one of meteora dlmm');
    return dlmmSwapInstruction(pool, order);
  }

  /**
   * A swap was seen to use 40 to 51 thousand units in one bin, up to 8 thousand for every further one, and some for stepping over
   * empty bins. The rest is for classic token programs, and for a bin or two more than quoted.
   */
  computeUnitLimit(path?: SwapPath): number {
    const { bins, arrays } = path === undefined ? UNKNOWN_PATH : { bins: path.steps, arrays: path.arrays.length };
    return 75_000 + 8_000 * bins + 15_000 * arrays;
  }

  errorMeaning(customCode: number): SwapErrorMeaning {
    return ERROR_MEANINGS.get(customCode) ?? 'unknown';
  }

  private isPair({ owner, data }: Account): boolean {
    return owner === this.programId && isLbPair(data);
  }
}

/** lb_clmm's error numbers, Anchor's for a bin array that the swap needs and was not given (3005), and the token programs' own 1. */
const ERROR_MEANINGS: ReadonlyMap<number, SwapErrorMeaning> = new Map([
  [1, 'insufficient-funds'],
  [3005, 'pool-refused'],
  [6002, 'pool-refused'],
  [6003, 'slippage-exceeded'],
  [6018, 'pool-refused'],
  [6036, 'pool-refused'],
  [6037, 'pool-refused'],
  [6039, 'pool-refused'],
  [6042, 'pool-refused'],
  [6085, 'pool-refused'],
  [6104, 'slippage-exceeded'],
]);
