import { createHash } from 'node:crypto';
import { type Address, addressFromBytes } from '../../kernel/address.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import type { Token } from '../../kernel/tokens/token.js';
import type { ProgramName } from '../domain/swap.js';
import type { PoolPlan } from '../venues/paper-venue.js';
import { hashNumber } from './noise.js';

/** Prices of the paper market's start in billionths of a dollar. */
const PRICES: Readonly<Record<string, bigint>> = {
  SOL: 150_000_000_000n,
  USDC: 1_000_000_000n,
  USDT: 1_000_000_000n,
  RAY: 2_500_000_000n,
  BONK: 20_000n,
  JUP: 900_000_000n,
  ORCA: 2_200_000_000n,
};
const BILLION = 1_000_000_000n;
const MILLION = 1_000_000n;
/** How far apart the pools of a pair start, at most, each way. */
const OFFSET_PPM = 400;

/** What a Meteora pool has beyond a fixed fee. */
export type DammV2Variant = 'plain' | 'dynamic-fee' | 'compounding';

export interface PlannedPool {
  readonly program: ProgramName;
  readonly pair: string;
  readonly base: Token;
  readonly quote: Token;
  readonly variant: DammV2Variant;
  /** Names the pool within the market; its addresses follow from it. */
  readonly name: string;
  readonly plan: PoolPlan;
}

type Row = readonly [
  pair: string,
  program: ProgramName,
  feeBps: number,
  millionDollars: number,
  variant?: DammV2Variant,
];

/** Each side's worth in millions of dollars. */
const POOLS: readonly Row[] = [
  ['SOL/USDC', 'cpmm', 25, 20],
  ['SOL/USDC', 'cpmm', 5, 3],
  ['SOL/USDC', 'amm-v4', 25, 15],
  ['SOL/USDC', 'clmm', 4, 8],
  ['SOL/USDC', 'clmm', 25, 2],
  ['SOL/USDC', 'damm-v2', 25, 12],
  ['SOL/USDC', 'damm-v2', 6, 2, 'dynamic-fee'],
  ['SOL/USDC', 'damm-v2', 30, 5, 'compounding'],
  ['SOL/USDC', 'dlmm', 4, 6],
  ['SOL/USDC', 'dlmm', 10, 8],
  ['SOL/USDT', 'cpmm', 25, 6],
  ['SOL/USDT', 'amm-v4', 25, 4],
  ['SOL/USDT', 'damm-v2', 20, 5],
  ['SOL/USDT', 'dlmm', 10, 4],
  ['RAY/USDC', 'cpmm', 25, 3],
  ['RAY/USDC', 'amm-v4', 25, 4],
  ['RAY/USDC', 'clmm', 25, 1],
  ['RAY/USDC', 'damm-v2', 25, 2],
  ['RAY/SOL', 'cpmm', 25, 4],
  ['RAY/SOL', 'amm-v4', 25, 5],
  ['RAY/SOL', 'damm-v2', 30, 3],
  ['BONK/SOL', 'cpmm', 25, 3],
  ['BONK/SOL', 'amm-v4', 25, 2],
  ['BONK/SOL', 'clmm', 100, 1],
  ['BONK/SOL', 'damm-v2', 25, 3, 'dynamic-fee'],
  ['BONK/SOL', 'dlmm', 20, 2],
  ['BONK/USDC', 'cpmm', 25, 2],
  ['BONK/USDC', 'amm-v4', 25, 1],
  ['BONK/USDC', 'damm-v2', 25, 2],
  ['JUP/USDC', 'cpmm', 25, 2],
  ['JUP/USDC', 'damm-v2', 20, 3],
  ['JUP/USDC', 'dlmm', 15, 2],
  ['ORCA/USDC', 'cpmm', 25, 1],
  ['ORCA/USDC', 'amm-v4', 25, 1],
  ['ORCA/USDC', 'damm-v2', 25, 1, 'compounding'],
  ['USDC/USDT', 'cpmm', 1, 10],
  ['USDC/USDT', 'clmm', 1, 5],
  ['USDC/USDT', 'damm-v2', 2, 8],
];

/** The pools of the paper market: the same for the same seed, each at a price a few bps from its neighbours'. */
export function plannedPools(seed: bigint): readonly PlannedPool[] {
  return POOLS.map((row) => plannedPool(row, seed));
}

function plannedPool([pair, program, feeBps, millionDollars, variant = 'plain']: Row, seed: bigint): PlannedPool {
  const [base, quote] = pair.split('/').map(tokenOf) as [Token, Token];
  const name = `${pair}/${program}/${feeBps}`;
  const worth = BigInt(millionDollars) * MILLION * BILLION;
  const offset = MILLION + BigInt(hashNumber(`${seed}/${name}/offset`, OFFSET_PPM));
  const planned = (token: Token, reserve: bigint) => ({
    mint: token.mint,
    decimals: token.decimals,
    tokenProgram: token.tokenProgram,
    reserve,
  });
  return {
    program,
    pair,
    base,
    quote,
    variant,
    name,
    plan: {
      // Rounded down: a reserve less by one base unit is the same pool.
      tokens: [planned(base, reserveOf(base, worth)), planned(quote, (reserveOf(quote, worth) * offset) / MILLION)],
      feeBps,
      addressOf: (role) => marketAddress(`${name}/${role}`),
    },
  };
}

function reserveOf(token: Token, worth: bigint): bigint {
  return (worth * 10n ** BigInt(token.decimals)) / priceOf(token);
}

function priceOf({ symbol }: Token): bigint {
  const price = PRICES[symbol];
  if (price === undefined) throw new RangeError(`the paper market has no price for ${symbol}`);
  return price;
}

function tokenOf(symbol: string): Token {
  const token = DEFAULT_TOKENS.find((listed) => listed.symbol === symbol);
  if (token === undefined) throw new RangeError(`${symbol} is not listed`);
  return token;
}

/** Addresses that nobody has a key for. */
export function marketAddress(name: string): Address {
  return addressFromBytes(createHash('sha256').update(`paper market/${name}`).digest());
}
