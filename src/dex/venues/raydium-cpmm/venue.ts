import { Inject, Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import type { Address } from '../../../kernel/address.js';
import { EngineError } from '../../../kernel/errors.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { ChainClient } from '../../../chain/chain-client.js';
import { type Pool, type PoolRefusal, refuse } from '../../domain/pool.js';
import type { SwapOrder } from '../../domain/swap.js';
import { type DecodeResult, type PoolRef, type SwapErrorMeaning, Venue } from '../../domain/venue.js';
import { FixedPart } from '../fixed-part.js';
import { poolsOfPair } from '../pools-of-pair.js';
import { mintTerms } from '../token-2022.js';
import { vaultBalance } from '../token-account.js';
import { CPMM_PROGRAM, cpmmSwapInstruction } from './instructions.js';
import {
  CPMM_KEYS_RANGE,
  CPMM_MINT_OFFSETS,
  CPMM_POOL_DISCRIMINATOR,
  CPMM_POOL_SIZE,
  type CpmmConfigState,
  type CpmmKeys,
  type CpmmPoolState,
  CREATOR_FEE_ON,
  decodeCpmmConfig,
  decodeCpmmKeys,
  decodeCpmmPool,
  isCpmmConfig,
  isCpmmPool,
} from './layout.js';
import { CPMM_RATE_DENOMINATOR, CpmmPool, reservesOf } from './math.js';

const POOL_ACCOUNTS = {
  dataSize: CPMM_POOL_SIZE,
  discriminator: CPMM_POOL_DISCRIMINATOR,
  mintOffsets: CPMM_MINT_OFFSETS,
  sortsMints: true,
};

/** Raydium's constant-product pools (raydium-cp-swap), Token-2022 mints included. */
@Injectable()
export class RaydiumCpmmVenue extends Venue {
  readonly name = 'raydium';
  readonly program = 'cpmm';
  readonly programId = CPMM_PROGRAM;

  private readonly keys = new FixedPart<CpmmKeys>(CPMM_KEYS_RANGE.from, CPMM_KEYS_RANGE.to, decodeCpmmKeys);

  constructor(@Inject(ChainClient) private readonly chain: Pick<ChainClient, 'programAccounts'>) {
    super();
  }

  async discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]> {
    const accounts = await poolsOfPair(this.chain, this.programId, POOL_ACCOUNTS, [mintA, mintB]);
    return accounts.map((account) => this.poolRef(account)).filter((ref) => ref !== null);
  }

  poolRef(account: Account): PoolRef | null {
    if (account.owner !== this.programId || !isCpmmPool(account.data)) return null;
    const keys = this.keys.of(account.address, account.data);
    return {
      program: this.program,
      address: account.address,
      mints: [keys.mint0, keys.mint1],
      accounts: [account.address, keys.config, keys.vault0, keys.vault1, keys.mint0, keys.mint1],
    };
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    if (account.owner !== this.programId || !isCpmmPool(account.data)) return refuse('state-invalid');
    return readCpmmPool(account, this.keys.of(address, account.data), accounts);
  }

  swapInstruction(pool: Pool, order: SwapOrder): Instruction {
    if (!(pool instanceof CpmmPool)) throw new EngineError('internal', 'pool is not one of raydium cpmm');
    return cpmmSwapInstruction(pool.address, pool.state.keys, order);
  }

  /** A swap was seen to use 33 to 46 thousand units. */
  computeUnitLimit(): number {
    return 60_000;
  }

  errorMeaning(customCode: number): SwapErrorMeaning {
    return ERROR_MEANINGS.get(customCode) ?? 'unknown';
  }
}

/** Puts a pool together from an account that passed `isCpmmPool`, its addresses, and the accounts these name. */
export function readCpmmPool(
  account: Account,
  keys: CpmmKeys,
  accounts: AccountMap,
): { readonly ok: true; readonly pool: CpmmPool } | PoolRefusal {
  const state = decodeCpmmPool(account.data, keys);

  const configAccount = accounts.get(keys.config);
  const vault0 = accounts.get(keys.vault0);
  const vault1 = accounts.get(keys.vault1);
  if (configAccount === undefined || vault0 === undefined || vault1 === undefined) return refuse('state-missing');
  if (configAccount.owner !== CPMM_PROGRAM || !isCpmmConfig(configAccount.data)) return refuse('state-invalid');
  const config = decodeCpmmConfig(configAccount.data);
  const balance0 = vaultBalance(vault0, keys.tokenProgram0);
  const balance1 = vaultBalance(vault1, keys.tokenProgram1);
  if (balance0 === null || balance1 === null || !isLegal(state, config)) return refuse('state-invalid');
  // Present builds divide by the sum of the rates.
  if (inputRateOf(state, config) === 0n) return refuse('unsupported-pool');

  const reserves = reservesOf(state, balance0, balance1);
  if (reserves[0] < 0n || reserves[1] < 0n) return refuse('state-invalid');
  if (reserves[0] === 0n || reserves[1] === 0n) return refuse('insufficient-liquidity');
  const terms0 = mintTerms(accounts, keys.mint0, keys.tokenProgram0);
  if (!terms0.ok) return terms0;
  const terms1 = mintTerms(accounts, keys.mint1, keys.tokenProgram1);
  if (!terms1.ok) return terms1;
  const transferFees = [terms0.transferFee, terms1.transferFee] as const;
  return { ok: true, pool: new CpmmPool({ address: account.address, state, config, reserves, transferFees }) };
}

/** The most that a swap pays on its input. */
function inputRateOf(state: CpmmPoolState, config: CpmmConfigState): bigint {
  return config.tradeRate + (state.enableCreatorFee ? config.creatorRate : 0n);
}

/** Rates that take more than there is: no config of the program has them. */
function isLegal(state: CpmmPoolState, config: CpmmConfigState): boolean {
  return (
    inputRateOf(state, config) < CPMM_RATE_DENOMINATOR &&
    config.protocolRate + config.fundRate <= CPMM_RATE_DENOMINATOR &&
    state.creatorFeeOn <= CREATOR_FEE_ON.token1 &&
    state.keys.mint0 !== state.keys.mint1
  );
}

/** cp-swap `error.rs`, Anchor's `require_gt` (2505) and the token programs' own 1. */
const ERROR_MEANINGS: ReadonlyMap<number, SwapErrorMeaning> = new Map([
  [1, 'insufficient-funds'],
  [2505, 'pool-refused'],
  [6000, 'pool-refused'],
  [6005, 'slippage-exceeded'],
  [6006, 'pool-refused'],
  [6010, 'pool-refused'],
  [6011, 'pool-refused'],
  [6012, 'pool-refused'],
]);
