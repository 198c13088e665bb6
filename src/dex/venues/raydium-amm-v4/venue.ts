import { Inject, Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import { type Address, addressToBytes } from '../../../kernel/address.js';
import { ByteWriter } from '../../../kernel/bytes.js';
import { EngineError } from '../../../kernel/errors.js';
import { TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import { ChainClient } from '../../../chain/chain-client.js';
import { programAddress } from '../../../chain/derived-address.js';
import { type Pool, type PoolRefusal, refuse } from '../../domain/pool.js';
import type { SwapOrder } from '../../domain/swap.js';
import { type DecodeResult, type PoolRef, type SwapErrorMeaning, Venue } from '../../domain/venue.js';
import { FixedPart } from '../fixed-part.js';
import { poolsOfPair } from '../pools-of-pair.js';
import { vaultBalance } from '../token-account.js';
import {
  AMM_V4_AUTHORITY,
  AMM_V4_AUTHORITY_BUMP,
  AMM_V4_PROGRAM,
  type AmmV4Market,
  ammV4SwapInstruction,
  type AmmV4SwapVersion,
} from './instructions.js';
import {
  AMM_V4_KEYS_RANGE,
  AMM_V4_MINT_OFFSETS,
  AMM_V4_POOL_SIZE,
  AMM_V4_STATUS,
  type AmmV4Keys,
  type AmmV4State,
  decodeAmmV4Keys,
  decodeAmmV4Pool,
  decodeMarket,
  decodeOpenOrders,
  isAmmV4Pool,
} from './layout.js';
import { AmmV4Pool } from './math.js';

/** Which swap instruction to send, for injection. */
export const AMM_V4_SWAP_VERSION = Symbol('swap version of Raydium AMM v4');

const POOL_ACCOUNTS = { dataSize: AMM_V4_POOL_SIZE, mintOffsets: AMM_V4_MINT_OFFSETS, sortsMints: false };

/** Raydium's first pools (raydium-amm): constant product, SPL Token alone, with an order book once, mostly without one now. */
@Injectable()
export class RaydiumAmmV4Venue extends Venue {
  readonly name = 'raydium';
  readonly program = 'amm-v4';
  readonly programId = AMM_V4_PROGRAM;

  private readonly keys = new FixedPart<AmmV4Keys>(AMM_V4_KEYS_RANGE.from, AMM_V4_KEYS_RANGE.to, decodeAmmV4Keys);

  constructor(
    @Inject(ChainClient) private readonly chain: Pick<ChainClient, 'programAccounts'>,
    @Inject(AMM_V4_SWAP_VERSION) private readonly swapVersion: AmmV4SwapVersion = 'v1',
  ) {
    super();
  }

  async discover(mintA: Address, mintB: Address): Promise<readonly PoolRef[]> {
    const accounts = await poolsOfPair(this.chain, this.programId, POOL_ACCOUNTS, [mintA, mintB]);
    return accounts.map((account) => this.poolRef(account)).filter((ref) => ref !== null);
  }

  poolRef(account: Account): PoolRef | null {
    if (account.owner !== this.programId || !isAmmV4Pool(account.data)) return null;
    const keys = this.keys.of(account.address, account.data);
    return {
      program: this.program,
      address: account.address,
      mints: [keys.coinMint, keys.pcMint],
      accounts: accountsOf(account.address, decodeAmmV4Pool(account.data, keys)),
    };
  }

  /** A pool with an order book needs its open orders and its market on top. */
  override neededAccounts(ref: PoolRef, accounts: AccountMap): readonly Address[] {
    const account = accounts.get(ref.address);
    return (account === undefined ? null : this.poolRef(account))?.accounts ?? ref.accounts;
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(address);
    if (account === undefined) return refuse('state-missing');
    if (account.owner !== this.programId || !isAmmV4Pool(account.data)) return refuse('state-invalid');
    return readAmmV4Pool(account, this.keys.of(address, account.data), accounts);
  }

  swapInstruction(pool: Pool, order: SwapOrder): Instruction {
    if (!(pool instanceof AmmV4Pool)) throw new EngineError('internal', 'pool is not one of raydium amm v4');
    return ammV4SwapInstruction(
      { address: pool.address, keys: pool.state.keys, market: pool.market },
      order,
      this.swapVersion,
    );
  }

  /** A swap was seen to use 20 to 26 thousand units; builds that know order books also walk the market's event queue. */
  computeUnitLimit(): number {
    return 80_000;
  }

  errorMeaning(customCode: number): SwapErrorMeaning {
    return ERROR_MEANINGS.get(customCode) ?? 'unknown';
  }
}

function accountsOf(address: Address, { keys, status }: AmmV4State): readonly Address[] {
  const vaults = [address, keys.coinVault, keys.pcVault];
  return status === AMM_V4_STATUS.initialized ? [...vaults, keys.openOrders, keys.market] : vaults;
}

/** Puts a pool together from an account that passed `isAmmV4Pool`, its addresses, and the accounts these name. */
export function readAmmV4Pool(
  account: Account,
  keys: AmmV4Keys,
  accounts: AccountMap,
): { readonly ok: true; readonly pool: AmmV4Pool } | PoolRefusal {
  const state = decodeAmmV4Pool(account.data, keys);
  const coinVault = accounts.get(keys.coinVault);
  const pcVault = accounts.get(keys.pcVault);
  if (coinVault === undefined || pcVault === undefined) return refuse('state-missing');
  const coinBalance = vaultBalance(coinVault, TOKEN_PROGRAM);
  const pcBalance = vaultBalance(pcVault, TOKEN_PROGRAM);
  if (coinBalance === null || pcBalance === null || !isLegal(state)) return refuse('state-invalid');

  const reserves = [coinBalance - state.needTakePnlCoin, pcBalance - state.needTakePnlPc] as const;
  if (reserves[0] < 0n || reserves[1] < 0n) return refuse('state-invalid');
  if (reserves[0] === 0n || reserves[1] === 0n) return refuse('insufficient-liquidity');
  const book = readOrderBook(state, accounts);
  if (!book.ok) return book;
  return { ok: true, pool: new AmmV4Pool({ address: account.address, state, reserves, market: book.market }) };
}

/** What every pool of the program satisfies; quotes rely on it. */
function isLegal(state: AmmV4State): boolean {
  return (
    state.nonce === AMM_V4_AUTHORITY_BUMP &&
    state.swapFeeNumerator < state.swapFeeDenominator &&
    state.keys.coinMint !== state.keys.pcMint
  );
}

type OrderBook = { readonly ok: true; readonly market: AmmV4Market | null };

/**
 * The market of a pool with an order book. Only builds of the program up to 2025 count what is in the orders as reserves: with
 * none, every build agrees on the amounts, so a pool with any is turned down.
 */
function readOrderBook({ keys, status }: AmmV4State, accounts: AccountMap): OrderBook | PoolRefusal {
  if (status !== AMM_V4_STATUS.initialized) return { ok: true, market: null };
  const ordersAccount = accounts.get(keys.openOrders);
  const marketAccount = accounts.get(keys.market);
  if (ordersAccount === undefined || marketAccount === undefined) return refuse('state-missing');
  if (ordersAccount.owner !== keys.marketProgram || marketAccount.owner !== keys.marketProgram) {
    return refuse('state-invalid');
  }
  const orders = decodeOpenOrders(ordersAccount.data);
  const market = decodeMarket(marketAccount.data);
  if (orders?.market !== keys.market || orders.owner !== AMM_V4_AUTHORITY) return refuse('state-invalid');
  if (market?.ownAddress !== keys.market) return refuse('state-invalid');
  if (orders.coinTotal !== 0n || orders.pcTotal !== 0n) return refuse('unsupported-pool');
  const nonce = new ByteWriter(new Uint8Array(8)).u64(0, market.vaultSignerNonce).bytes;
  const vaultSigner = programAddress([addressToBytes(keys.market), nonce], keys.marketProgram);
  return { ok: true, market: { ...market, vaultSigner } };
}

/** raydium-amm `error.rs`, whose numbers are plain, and which the token program's own 1 never reaches: balances are checked first. */
const ERROR_MEANINGS: ReadonlyMap<number, SwapErrorMeaning> = new Map([
  [0x16, 'pool-refused'],
  [0x1d, 'pool-refused'],
  [0x1e, 'slippage-exceeded'],
  [0x20, 'pool-refused'],
  [0x28, 'insufficient-funds'],
]);
