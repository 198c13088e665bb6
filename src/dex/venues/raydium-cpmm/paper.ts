import { type Address, compareAddressBytes } from '../../../kernel/address.js';
import { ByteReader, ByteWriter, fromHex } from '../../../kernel/bytes.js';
import { EngineError } from '../../../kernel/errors.js';
import { minBigInt } from '../../../kernel/math.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../chain/account.js';
import type { PaperContext } from '../../../chain/paper/paper-program.js';
import type { PoolRefusal, RefusalReason } from '../../domain/pool.js';
import type { SwapMode } from '../../domain/swap.js';
import { AnchorAccounts, AnchorError, moveTokens, refusedWith } from '../anchor-accounts.js';
import {
  type PaperVenue,
  type PoolPlan,
  type PriceFactor,
  programAccount,
  vaultAccount,
  withDriftedReserve,
} from '../paper-venue.js';
import { CPMM_AUTHORITY, CPMM_PROGRAM, SWAP_BASE_INPUT, SWAP_BASE_OUTPUT } from './instructions.js';
import { type CpmmKeys, decodeCpmmKeys, encodeCpmmConfig, encodeCpmmPool, isCpmmPool } from './layout.js';
import { type CpmmPool, type CpmmSwap, stateAfterSwap, swapExactIn, swapExactOut } from './math.js';
import { readCpmmPool } from './venue.js';

/** Numbers of cp-swap's `error.rs` that a swap can end with. */
const CpmmError = {
  NotApproved: 6000,
  ExceededSlippage: 6005,
  ZeroTradingTokens: 6006,
  InvalidVault: 6008,
  MathOverflow: 6011,
} as const;

const TOKEN_PROGRAMS = [TOKEN_PROGRAM, TOKEN_2022_PROGRAM];
const ACCOUNTS = 13;

/** Raydium CPMM on the paper chain: the real program's accounts, arguments, gates and error numbers. */
export const raydiumCpmmPaper: PaperVenue = {
  program: 'cpmm',
  paperProgram: { programId: CPMM_PROGRAM, computeUnits: 24_000, execute: executeSwap },
  genesis,
  drift,
};

function executeSwap(context: PaperContext): void {
  const { swapMode, amount, threshold } = readArguments(context.data);
  const accounts = new AnchorAccounts(context, ACCOUNTS);
  const { pool, zeroForOne } = checkAccounts(accounts);
  if (pool.refusal(context.time) !== null) throw refusedWith(CpmmError.NotApproved, 'swaps are closed');

  const side = pool.side(zeroForOne, context.time.epoch);
  const swap = swapMode === 'ExactIn' ? swapExactIn(side, amount) : swapExactOut(side, amount);
  if (!swap.ok) throw errorOf(swap);
  const within = swapMode === 'ExactIn' ? swap.outAmount >= threshold : swap.inAmount <= threshold;
  if (!within) throw refusedWith(CpmmError.ExceededSlippage, 'exceeds desired slippage limit');
  settle(context, accounts, pool, zeroForOne, swap);
}

function readArguments(data: Uint8Array): { swapMode: SwapMode; amount: bigint; threshold: bigint } {
  const bytes = new ByteReader(data);
  const isInput = bytes.startsWith(SWAP_BASE_INPUT);
  if (!isInput && !bytes.startsWith(SWAP_BASE_OUTPUT)) {
    throw refusedWith(AnchorError.InstructionFallbackNotFound, 'unknown instruction');
  }
  if (data.length < 24) throw refusedWith(AnchorError.InstructionDidNotDeserialize, 'arguments are cut off');
  const [first, second] = [bytes.u64(8), bytes.u64(16)];
  return isInput
    ? { swapMode: 'ExactIn', amount: first, threshold: second }
    : { swapMode: 'ExactOut', amount: second, threshold: first };
}

/** The account constraints of cp-swap's `Swap`; the direction is that of the vaults. */
function checkAccounts(accounts: AnchorAccounts): { pool: CpmmPool; zeroForOne: boolean } {
  accounts.signer(0);
  accounts.exactly(1, CPMM_AUTHORITY, AnchorError.ConstraintSeeds);
  for (const index of [3, 4, 5, 6, 7, 12]) accounts.writable(index);
  const account = accounts.owned(3, [CPMM_PROGRAM]);
  if (!isCpmmPool(account.data)) throw refusedWith(AnchorError.AccountDiscriminatorMismatch, 'account 3 is no pool');
  const keys = decodeCpmmKeys(account.data);
  accounts.exactly(2, keys.config, AnchorError.ConstraintAddress);
  const zeroForOne = isZeroForOne(accounts, keys);
  for (const index of [4, 5, 6, 7]) accounts.owned(index, TOKEN_PROGRAMS);
  accounts.exactly(8, zeroForOne ? keys.tokenProgram0 : keys.tokenProgram1, AnchorError.InvalidProgramId);
  accounts.exactly(9, zeroForOne ? keys.tokenProgram1 : keys.tokenProgram0, AnchorError.InvalidProgramId);
  accounts.exactly(10, zeroForOne ? keys.mint0 : keys.mint1, AnchorError.ConstraintAddress);
  accounts.exactly(11, zeroForOne ? keys.mint1 : keys.mint0, AnchorError.ConstraintAddress);
  accounts.exactly(12, keys.observation, AnchorError.ConstraintAddress);
  const read = readCpmmPool(account, keys, accounts.all());
  if (!read.ok) throw errorOf(read);
  return { pool: read.pool, zeroForOne };
}

function isZeroForOne(accounts: AnchorAccounts, { vault0, vault1 }: CpmmKeys): boolean {
  const [input, output] = [accounts.at(6), accounts.at(7)];
  const known = [vault0, vault1];
  if (!known.includes(input) || !known.includes(output)) throw refusedWith(AnchorError.ConstraintRaw, 'not a vault');
  if (input === output) throw refusedWith(CpmmError.InvalidVault, 'both vaults are the same');
  return input === vault0;
}

function settle(
  context: PaperContext,
  accounts: AnchorAccounts,
  pool: CpmmPool,
  zeroForOne: boolean,
  swap: CpmmSwap,
): void {
  const { state } = pool;
  const [decimalsIn, decimalsOut] = zeroForOne
    ? [state.decimals0, state.decimals1]
    : [state.decimals1, state.decimals0];
  const after = stateAfterSwap(pool, zeroForOne, swap);
  const template = accounts.owned(3, [CPMM_PROGRAM]).data;
  context.setData(pool.address, encodeCpmmPool({ ...after, recentEpoch: context.time.epoch }, template));
  moveTokens(context, {
    source: accounts.at(4),
    destination: accounts.at(6),
    mint: accounts.at(10),
    decimals: decimalsIn,
    tokenProgram: accounts.at(8),
    authority: accounts.at(0),
    amount: swap.inAmount,
  });
  const outgoing = {
    source: accounts.at(7),
    destination: accounts.at(5),
    mint: accounts.at(11),
    decimals: decimalsOut,
    tokenProgram: accounts.at(9),
    authority: CPMM_AUTHORITY,
    amount: swap.sentAmount,
  };
  moveTokens(context, outgoing, [CPMM_AUTHORITY]);
}

/** The numbers under which the program reports what the math refuses. */
const REFUSAL_ERRORS: Partial<Record<RefusalReason, number>> = {
  'amount-too-small': AnchorError.RequireGtViolated,
  'insufficient-liquidity': CpmmError.ZeroTradingTokens,
  'out-of-range': CpmmError.MathOverflow,
};

function errorOf({ reason }: PoolRefusal): Error {
  return refusedWith(REFUSAL_ERRORS[reason] ?? AnchorError.AccountDidNotDeserialize, reason);
}

/** Sizes and discriminators of accounts that only the real program looks into. */
const OBSERVATION_SIZE = 4075;
const OBSERVATION_DISCRIMINATOR = fromHex('7aaec5358109a584');
/** Protocol and fund shares of the trade fee, as mainnet's config 0 has them. */
const PROTOCOL_RATE = 120_000n;
const FUND_RATE = 40_000n;
const LP_DECIMALS = 9;

/** Roles of addresses: `pool`, `config`, `vault0`, `vault1`, `lpMint`, `observation`. */
function genesis(plan: PoolPlan): readonly Account[] {
  const [first, second] = plan.tokens;
  const [token0, token1] = compareAddressBytes(first.mint, second.mint) < 0 ? [first, second] : [second, first];
  const { addressOf } = plan;
  const keys: CpmmKeys = {
    config: addressOf('config'),
    creator: CPMM_AUTHORITY,
    vault0: addressOf('vault0'),
    vault1: addressOf('vault1'),
    lpMint: addressOf('lpMint'),
    mint0: token0.mint,
    mint1: token1.mint,
    tokenProgram0: token0.tokenProgram,
    tokenProgram1: token1.tokenProgram,
    observation: addressOf('observation'),
  };
  const pool = encodeCpmmPool({
    keys,
    authBump: 0,
    status: 0,
    lpDecimals: LP_DECIMALS,
    decimals0: token0.decimals,
    decimals1: token1.decimals,
    lpSupply: minBigInt(token0.reserve, token1.reserve),
    protocolFees0: 0n,
    protocolFees1: 0n,
    fundFees0: 0n,
    fundFees1: 0n,
    openTime: 0n,
    recentEpoch: 0n,
    creatorFeeOn: 0,
    enableCreatorFee: false,
    creatorFees0: 0n,
    creatorFees1: 0n,
  });
  const tradeRate = BigInt(plan.feeBps) * 100n;
  const config = { index: 0, tradeRate, protocolRate: PROTOCOL_RATE, fundRate: FUND_RATE, creatorRate: 0n };
  const observation = new ByteWriter(new Uint8Array(OBSERVATION_SIZE)).raw(0, OBSERVATION_DISCRIMINATOR).bytes;
  return [
    programAccount(addressOf('pool'), CPMM_PROGRAM, pool),
    programAccount(keys.config, CPMM_PROGRAM, encodeCpmmConfig(config)),
    vaultAccount(keys.vault0, CPMM_AUTHORITY, token0, token0.reserve),
    vaultAccount(keys.vault1, CPMM_AUTHORITY, token1, token1.reserve),
    programAccount(keys.observation, CPMM_PROGRAM, observation),
  ];
}

/** The quote token's vault grows or shrinks. */
function drift(accounts: AccountMap, address: Address, baseMint: Address, factor: PriceFactor): readonly Account[] {
  const account = accounts.get(address);
  if (account === undefined || !isCpmmPool(account.data)) {
    throw new EngineError('internal', `${address} is no cpmm pool`);
  }
  const keys = decodeCpmmKeys(account.data);
  const read = readCpmmPool(account, keys, accounts);
  const [vault, mint] = baseMint === keys.mint0 ? [keys.vault1, keys.mint1] : [keys.vault0, keys.mint0];
  const quote = accounts.get(vault);
  if (!read.ok || quote === undefined) throw new EngineError('internal', `${address} is broken`);
  return [withDriftedReserve(quote, mint, read.pool.spotPrice(baseMint).numerator, factor)];
}
