import { Inject, Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import type { Address } from '../../../kernel/address.js';
import { BPS_DENOMINATOR } from '../../../kernel/bps.js';
import { EngineError } from '../../../kernel/errors.js';
import { U64_MAX } from '../../../kernel/math.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { ChainClient } from '../../../chain/chain-client.js';
import { type Pool, type PoolRefusal, refuse } from '../../domain/pool.js';
import type { SwapOrder } from '../../domain/swap.js';
import { type DecodeResult, type PoolRef, type SwapErrorMeaning, Venue } from '../../domain/venue.js';
import { FixedPart } from '../fixed-part.js';
import { poolsOfPair } from '../pools-of-pair.js';
import { mintTerms } from '../token-2022.js';
import { DAMM_V2_PROGRAM, dammV2SwapInstruction, tokenProgramOf } from './instructions.js';
import {
  COLLECT_FEE,
  DAMM_V2_KEYS_RANGE,
  DAMM_V2_MINT_OFFSETS,
  DAMM_V2_POOL_DISCRIMINATOR,
  DAMM_V2_POOL_SIZE,
  type DammV2Keys,
  type DammV2State,
  decodeDammV2Keys,
  decodeDammV2Pool,
  isDammV2Pool,
} from './layout.js';
import { reservesAtPrice } from './math/curve.js';
import { DammV2Pool } from './math/pool.js';

const POOL_ACCOUNTS = {
  dataSize: DAMM_V2_POOL_SIZE,
  discriminator: DAMM_V2_POOL_DISCRIMINATOR,
  mintOffsets: DAMM_V2_MINT_OFFSETS,
  sortsMints: false,
};

/** Meteora's DAMM v2 pools (cp-amm): concentrated over one range, or compounding. */
@Injectable()
export class MeteoraDammV2Venue extends Venue {
  readonly name = 'meteora';
  readonly program = 'damm-v2';
  readonly programId = DAMM_V2_PROGRAM;

  private readonly keys = new FixedPart<DammV2Keys>(DAMM_V2_KEYS_RANGE.from, DAMM_V2_KEYS_RANGE.to, decodeDammV2Keys);

  constructor(@Inject(ChainClient) private readonly chain: Pick<ChainClient, 'programAccounts'>) {
    super();
  }

  async discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]> {
    const accounts = await poolsOfPair(this.chain, this.programId, POOL_ACCOUNTS, [mintA, mintB]);
    return accounts.map((account) => this.poolRef(account)).filter((ref) => ref !== null);
  }

  poolRef(account: Account): PoolRef | null {
    if (account.owner !== this.programId || !isDammV2Pool(account.data)) return null;
    const { mintA, mintB } = this.keys.of(account.address, account.data);
    return {
      program: this.program,
      address: account.address,
      mints: [mintA, mintB],
      accounts: [account.address, mintA, mintB],
    };
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    if (account.owner !== this.programId || !isDammV2Pool(account.data)) return refuse('state-invalid');
    return readDammV2Pool(account, this.keys.of(address, account.data), accounts);
  }

  swapInstruction(pool: Pool, order: SwapOrder): Instruction {
    if (!(pool instanceof DammV2Pool)) throw new EngineError('internal', 'pool is not one of meteora damm v2');
    return dammV2SwapInstruction(pool.address, pool.state, order);
  }

  /** A swap was seen to use 13 to 42 thousand units; the classic token program adds about 5 thousand a transfer. */
  computeUnitLimit(): number {
    return 70_000;
  }

  errorMeaning(customCode: number): SwapErrorMeaning {
    return ERROR_MEANINGS.get(customCode) ?? 'unknown';
  }
}

/** Puts a pool together from an account that passed `isDammV2Pool`, its addresses, and its mints' accounts. */
export function readDammV2Pool(
  account: Account,
  keys: DammV2Keys,
  accounts: AccountMap,
): { readonly ok: true; readonly pool: DammV2Pool } | PoolRefusal {
  const stored = decodeDammV2Pool(account.data, keys);
  if (!isLegal(stored)) return refuse('state-invalid');
  if (!isSupported(stored)) return refuse('unsupported-pool');
  const state = inPresentLayout(stored);
  if (state.reserveA > U64_MAX || state.reserveB > U64_MAX) return refuse('state-invalid');
  const termsA = mintTerms(accounts, keys.mintA, tokenProgramOf(state.tokenFlagA));
  if (!termsA.ok) return termsA;
  const termsB = mintTerms(accounts, keys.mintB, tokenProgramOf(state.tokenFlagB));
  if (!termsB.ok) return termsB;
  return {
    ok: true,
    pool: new DammV2Pool({ address: account.address, state, transferFees: [termsA.transferFee, termsB.transferFee] }),
  };
}

/** The pool as the program makes it before its first swap since it books reserves: they follow from the price. */
function inPresentLayout(state: DammV2State): DammV2State {
  return state.layoutVersion > 0 ? state : { ...state, ...reservesAtPrice(state), layoutVersion: 1 };
}

/** What every pool of the program satisfies; quotes rely on it. */
function isLegal(state: DammV2State): boolean {
  return (
    state.sqrtPrice > 0n &&
    state.sqrtPrice >= state.sqrtPriceMinimum &&
    state.sqrtPrice <= state.sqrtPriceMaximum &&
    state.activationType <= 1 &&
    state.tokenFlagA <= 1 &&
    state.tokenFlagB <= 1 &&
    state.protocolFeePercent <= 100 &&
    BigInt(state.compoundingFeeBps) <= BPS_DENOMINATOR &&
    state.keys.mintA !== state.keys.mintB
  );
}

/** What this engine knows. Only limiters that collect B alone were ever legal; compounding pools are younger than the layout that books reserves. */
function isSupported(state: DammV2State): boolean {
  const { baseFee, collectFeeMode } = state;
  if (baseFee === null || collectFeeMode > COLLECT_FEE.compounding) return false;
  if (state.feeVersion > 1 || state.layoutVersion > 1) return false;
  if (baseFee.kind === 'rate-limiter' && collectFeeMode !== COLLECT_FEE.onlyB) return false;
  return collectFeeMode !== COLLECT_FEE.compounding || state.layoutVersion === 1;
}

/** cp-amm `error.rs`, and the token programs' own 1. */
const ERROR_MEANINGS: ReadonlyMap<number, SwapErrorMeaning> = new Map([
  [1, 'insufficient-funds'],
  [6000, 'pool-refused'],
  [6002, 'slippage-exceeded'],
  [6003, 'pool-refused'],
  [6006, 'pool-refused'],
  [6007, 'pool-refused'],
  [6015, 'pool-refused'],
  [6038, 'pool-refused'],
  [6049, 'pool-refused'],
]);
