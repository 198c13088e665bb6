import { type Address, addressFromBytes } from '../../../kernel/address.js';
import { ByteReader, ByteWriter } from '../../../kernel/bytes.js';
import { EngineError } from '../../../kernel/errors.js';
import { TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import type { PaperContext } from '../../../chain/paper/paper-program.js';
import { custom, metaAt, named } from '../../../chain/paper/programs/program-error.js';
import { isTokenAccount, readTokenAccount } from '../../../chain/paper/programs/token/token-state.js';
import type { PoolRefusal } from '../../domain/pool.js';
import type { SwapMode } from '../../domain/swap.js';
import {
  type PaperVenue,
  type PoolPlan,
  presentAccounts,
  type PriceFactor,
  programAccount,
  vaultAccount,
  withDriftedReserve,
} from '../paper-venue.js';
import {
  AMM_V4_AUTHORITY,
  AMM_V4_AUTHORITY_BUMP,
  AMM_V4_PROGRAM,
  type AmmV4SwapVersion,
  SWAP_TAGS,
} from './instructions.js';
import {
  AMM_V4_STATUS,
  type AmmV4Keys,
  decodeAmmV4Keys,
  decodeAmmV4Pool,
  encodeAmmV4Pool,
  isAmmV4Pool,
} from './layout.js';
import { type AmmV4Pool, type AmmV4Swap, stateAfterSwap, swapExactIn, swapExactOut } from './math.js';
import { readAmmV4Pool } from './venue.js';

/** Numbers of raydium-amm's `error.rs` that a swap can end with. */
const AmmV4Error = {
  InvalidProgramAddress: 0x01,
  ExpectedAccount: 0x03,
  InvalidCoinVault: 0x04,
  InvalidPCVault: 0x05,
  InvalidSignAccount: 0x15,
  InvalidStatus: 0x16,
  WrongAccountsNumber: 0x18,
  InvalidInput: 0x1d,
  ExceededSlippage: 0x1e,
  InvalidSplTokenProgram: 0x26,
  InsufficientFunds: 0x28,
  InvalidUserToken: 0x2a,
} as const;

/** Raydium AMM v4 on the paper chain: the real program's two swap layouts, their order of checks, gates and error numbers. */
export const raydiumAmmV4Paper: PaperVenue = {
  program: 'amm-v4',
  paperProgram: { programId: AMM_V4_PROGRAM, computeUnits: 13_000, execute: executeSwap },
  genesis,
  drift,
};

interface SwapArguments {
  readonly version: AmmV4SwapVersion;
  readonly swapMode: SwapMode;
  readonly amount: bigint;
  readonly threshold: bigint;
}

function executeSwap(context: PaperContext): void {
  const { version, swapMode, amount, threshold } = readArguments(context.data);
  const accounts = readAccounts(context, version);
  const pool = readPool(context, accounts, version);
  const coinIn = isCoinIn(context, accounts, pool.state.keys);

  const side = pool.side(coinIn);
  const swap = swapMode === 'ExactIn' ? swapExactIn(side, amount) : swapExactOut(side, amount);
  if (!swap.ok) throw errorOf(swap, swapMode === 'ExactIn' ? threshold : 0n);
  if (readTokenAccount(tokenAccount(context, accounts.source)).amount < swap.inAmount) {
    throw custom(AmmV4Error.InsufficientFunds, 'the wallet has less');
  }
  const within = swapMode === 'ExactIn' ? swap.outAmount >= threshold : swap.inAmount <= threshold;
  if (!within) throw custom(AmmV4Error.ExceededSlippage, 'exceeded slippage');
  settle(context, accounts, pool, coinIn, swap);
}

function readArguments(data: Uint8Array): SwapArguments {
  for (const version of ['v1', 'v2'] as const) {
    for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
      if (data[0] !== SWAP_TAGS[version][swapMode] || data.length < 17) continue;
      const bytes = new ByteReader(data);
      const [first, second] = [bytes.u64(1), bytes.u64(9)];
      const [amount, threshold] = swapMode === 'ExactIn' ? [first, second] : [second, first];
      return { version, swapMode, amount, threshold };
    }
  }
  throw named('InvalidInstructionData');
}

/** The accounts that every swap looks at. */
interface SwapAccounts {
  readonly tokenProgram: Address;
  readonly pool: Address;
  readonly authority: Address;
  readonly coinVault: Address;
  readonly pcVault: Address;
  readonly source: Address;
  readonly destination: Address;
  readonly owner: Address;
}

/** Accounts before the vaults and behind them: `v1` has the open orders, perhaps the target orders, and the market between. */
function readAccounts(context: PaperContext, version: AmmV4SwapVersion): SwapAccounts {
  const count = context.accounts.length;
  if (version === 'v1' && count !== 17 && count !== 18) {
    throw custom(AmmV4Error.WrongAccountsNumber, 'wrong number of accounts');
  }
  const at = (index: number): Address => metaAt(context, index).address;
  const vaults = version === 'v2' ? 3 : count - 13;
  const wallet = version === 'v2' ? 5 : count - 3;
  const owner = metaAt(context, wallet + 2);
  if (!owner.isSigner) throw custom(AmmV4Error.InvalidSignAccount, 'the owner does not sign');
  return {
    tokenProgram: at(0),
    pool: at(1),
    authority: at(2),
    coinVault: at(vaults),
    pcVault: at(vaults + 1),
    source: at(wallet),
    destination: at(wallet + 1),
    owner: owner.address,
  };
}

/** The checks of the program in its order, down to the pool's gate. */
function readPool(context: PaperContext, accounts: SwapAccounts, version: AmmV4SwapVersion): AmmV4Pool {
  const account = context.account(accounts.pool);
  if (account?.owner !== AMM_V4_PROGRAM || !isAmmV4Pool(account.data)) {
    throw custom(AmmV4Error.ExpectedAccount, 'not a pool');
  }
  const keys = decodeAmmV4Keys(account.data);
  const { status } = decodeAmmV4Pool(account.data, keys);
  if (version === 'v2' && status === AMM_V4_STATUS.initialized) {
    throw custom(AmmV4Error.InvalidStatus, 'the pool has an order book');
  }
  checkAccounts(context, accounts, keys);
  const read = readAmmV4Pool(account, keys, presentAccounts(context));
  if (!read.ok) throw named('ProgramFailedToComplete');
  if (read.pool.refusal(context.time) !== null) throw custom(AmmV4Error.InvalidStatus, 'the pool does not trade');
  return read.pool;
}

function checkAccounts(context: PaperContext, accounts: SwapAccounts, keys: AmmV4Keys): void {
  if (accounts.tokenProgram !== TOKEN_PROGRAM) throw custom(AmmV4Error.InvalidSplTokenProgram, 'not SPL Token');
  if (accounts.authority !== AMM_V4_AUTHORITY) throw custom(AmmV4Error.InvalidProgramAddress, 'not the authority');
  if (accounts.coinVault !== keys.coinVault) throw custom(AmmV4Error.InvalidCoinVault, 'not the coin vault');
  if (accounts.pcVault !== keys.pcVault) throw custom(AmmV4Error.InvalidPCVault, 'not the pc vault');
  for (const address of [accounts.source, accounts.destination]) {
    if (address === keys.coinVault || address === keys.pcVault) {
      throw custom(AmmV4Error.InvalidUserToken, "a vault stands for the wallet's account");
    }
    tokenAccount(context, address);
  }
}

function tokenAccount(context: PaperContext, address: Address): Uint8Array {
  const account = context.account(address);
  if (account?.owner !== TOKEN_PROGRAM) throw custom(AmmV4Error.InvalidSplTokenProgram, 'not an account of SPL Token');
  if (!isTokenAccount(account.data)) throw custom(AmmV4Error.ExpectedAccount, 'not a token account');
  return account.data;
}

/** The direction is that of the mints of the wallet's accounts. */
function isCoinIn(context: PaperContext, accounts: SwapAccounts, { coinMint, pcMint }: AmmV4Keys): boolean {
  const source = addressFromBytes(tokenAccount(context, accounts.source));
  const destination = addressFromBytes(tokenAccount(context, accounts.destination));
  if (source === coinMint && destination === pcMint) return true;
  if (source === pcMint && destination === coinMint) return false;
  throw custom(AmmV4Error.InvalidUserToken, "the wallet's accounts are not of the pool's tokens");
}

function settle(
  context: PaperContext,
  accounts: SwapAccounts,
  pool: AmmV4Pool,
  coinIn: boolean,
  swap: AmmV4Swap,
): void {
  const after = stateAfterSwap(pool.state, coinIn, swap);
  const template = context.account(pool.address)?.data;
  context.setData(pool.address, encodeAmmV4Pool({ ...after, recentEpoch: context.time.epoch }, template));
  const { coinVault, pcVault, source, destination, owner } = accounts;
  const [into, outOf] = coinIn ? [coinVault, pcVault] : [pcVault, coinVault];
  transfer(context, { source, destination: into, authority: owner, amount: swap.inAmount });
  transfer(context, { source: outOf, destination, authority: AMM_V4_AUTHORITY, amount: swap.outAmount });
}

interface Transfer {
  readonly source: Address;
  readonly destination: Address;
  readonly authority: Address;
  readonly amount: bigint;
}

/** A plain transfer: the program is older than the checked one, and has no mints among its accounts. */
function transfer(context: PaperContext, { source, destination, authority, amount }: Transfer): void {
  const accounts = [
    { address: source, isSigner: false, isWritable: true },
    { address: destination, isSigner: false, isWritable: true },
    { address: authority, isSigner: true, isWritable: false },
  ];
  const data = new ByteWriter(new Uint8Array(9)).u8(0, 3).u64(1, amount).bytes;
  context.invoke({ programId: TOKEN_PROGRAM, accounts, data }, [AMM_V4_AUTHORITY]);
}

/** What the program says where the math refuses; where it divides by zero or goes below it, it aborts. */
function errorOf({ reason }: PoolRefusal, minimum: bigint): Error {
  if (reason === 'out-of-range') return custom(AmmV4Error.InsufficientFunds, 'more than there can be');
  if (reason !== 'amount-too-small') return named('ProgramFailedToComplete');
  return custom(minimum > 0n ? AmmV4Error.ExceededSlippage : AmmV4Error.InvalidInput, reason);
}

/** Roles of addresses: `pool`, `vault0`, `vault1`, `lpMint`, `market`. Coin and pc are the plan's first and second token. */
function genesis(plan: PoolPlan): readonly Account[] {
  const [coin, pc] = plan.tokens;
  const { addressOf } = plan;
  const keys: AmmV4Keys = {
    coinVault: addressOf('vault0'),
    pcVault: addressOf('vault1'),
    coinMint: coin.mint,
    pcMint: pc.mint,
    lpMint: addressOf('lpMint'),
    openOrders: addressOf('openOrders'),
    market: addressOf('market'),
    marketProgram: AMM_V4_PROGRAM,
    targetOrders: addressOf('targetOrders'),
  };
  const pool = encodeAmmV4Pool({
    keys,
    status: AMM_V4_STATUS.swapOnly,
    nonce: AMM_V4_AUTHORITY_BUMP,
    coinDecimals: BigInt(coin.decimals),
    pcDecimals: BigInt(pc.decimals),
    swapFeeNumerator: BigInt(plan.feeBps),
    swapFeeDenominator: 10_000n,
    needTakePnlCoin: 0n,
    needTakePnlPc: 0n,
    poolOpenTime: 0n,
    swapCoinIn: 0n,
    swapPcOut: 0n,
    swapPcFee: 0n,
    swapPcIn: 0n,
    swapCoinOut: 0n,
    swapCoinFee: 0n,
    recentEpoch: 0n,
  });
  return [
    programAccount(addressOf('pool'), AMM_V4_PROGRAM, pool),
    vaultAccount(keys.coinVault, AMM_V4_AUTHORITY, coin, coin.reserve),
    vaultAccount(keys.pcVault, AMM_V4_AUTHORITY, pc, pc.reserve),
  ];
}

/** The quote token's vault grows or shrinks. */
function drift(accounts: AccountMap, address: Address, baseMint: Address, factor: PriceFactor): readonly Account[] {
  const account = accounts.get(address);
  if (account === undefined || !isAmmV4Pool(account.data)) {
    throw new EngineError('internal', `${address} is no amm v4 pool`);
  }
  const keys = decodeAmmV4Keys(account.data);
  const read = readAmmV4Pool(account, keys, accounts);
  const [vault, mint] = baseMint === keys.coinMint ? [keys.pcVault, keys.pcMint] : [keys.coinVault, keys.coinMint];
  const quote = accounts.get(vault);
  if (!read.ok || quote === undefined) throw new EngineError('internal', `${address} is broken`);
  return [withDriftedReserve(quote, mint, read.pool.spotPrice(baseMint).numerator, factor)];
}
