import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import type { Token } from '../../kernel/tokens/token.js';
import type { Account, AccountMap } from '../../chain/account.js';
import { associatedTokenAddress } from '../../chain/derived-address.js';
import { encodeLookupTable } from '../../chain/lookup-table.js';
import { PaperMarket, type PaperMover } from '../../chain/paper/paper-market.js';
import type { PaperProgram } from '../../chain/paper/paper-program.js';
import { mintData, tokenAccountData } from '../../chain/paper/programs/token/token-state.js';
import { LOOKUP_TABLE_PROGRAM, rentExemptMinimum, SYSTEM_PROGRAM } from '../../chain/programs.js';
import type { Venue } from '../domain/venue.js';
import type { PaperVenue } from '../venues/paper-venue.js';
import { PAPER_VENUES, SUPPORTED_VENUES } from '../venues/supported-venues.js';
import { asVariant } from './damm-v2-variant.js';
import { marketAddress, type PlannedPool, plannedPools } from './planned-pools.js';
import { PoolMover } from './pool-mover.js';

/** What the paper wallet starts with, in whole tokens. SOL comes as lamports. */
const WALLET: Readonly<Record<string, bigint>> = {
  SOL: 100_000n,
  USDC: 10_000_000n,
  USDT: 10_000_000n,
  RAY: 4_000_000n,
  BONK: 100_000_000_000n,
  JUP: 10_000_000n,
  ORCA: 4_000_000n,
};
/** Whole tokens of every mint's supply: more than all pools together hold. */
const SUPPLY = 100_000_000_000n;
/** Venues read pools here; there is nothing to discover. */
const NOWHERE = { programAccounts: () => Promise.resolve([]) };

/** Entries that one table can have (solana `LOOKUP_TABLE_MAX_ADDRESSES`). */
const LOOKUP_TABLE_SIZE = 256;

interface BuiltPool {
  readonly planned: PlannedPool;
  readonly paper: PaperVenue;
  readonly accounts: readonly Account[];
}

/** Pools of the listed tokens on every supported venue, with mainnet's mints, at prices that wander around their start. */
export class PoolsPaperMarket extends PaperMarket {
  genesis(wallet: Address, seed: bigint): readonly Account[] {
    const pools = plannedPools(seed).flatMap((planned) => build(planned).accounts);
    const mints = DEFAULT_TOKENS.map(mintAccount);
    return [...walletAccounts(wallet), ...mints, ...pools, ...lookupTables([...mints, ...pools])];
  }

  movers(seed: bigint): readonly PaperMover[] {
    const mints = DEFAULT_TOKENS.map(mintAccount);
    const venues: readonly Venue[] = SUPPORTED_VENUES.map((SupportedVenue) => new SupportedVenue(NOWHERE));
    return plannedPools(seed).map((planned) => moverOf(build(planned), venueOf(venues, planned), mints, seed));
  }

  programs(): readonly PaperProgram[] {
    return PAPER_VENUES.map(({ paperProgram }) => paperProgram);
  }
}

function build(planned: PlannedPool): BuiltPool {
  const paper = PAPER_VENUES.find(({ program }) => program === planned.program);
  if (paper === undefined) throw new RangeError(`no paper venue runs ${planned.program}`);
  const [pool, ...others] = paper.genesis(planned.plan);
  if (pool === undefined) throw new RangeError(`${planned.name} has no pool account`);
  return { planned, paper, accounts: [asVariant(pool, planned.variant), ...others] };
}

function moverOf(
  { planned, paper, accounts }: BuiltPool,
  venue: Venue,
  mints: readonly Account[],
  seed: bigint,
): PoolMover {
  const all: AccountMap = new Map([...accounts, ...mints].map((account) => [account.address, account]));
  const pool = planned.plan.addressOf('pool');
  const decoded = venue.decode(pool, all);
  if (!decoded.ok) throw new EngineError('internal', `the paper pool ${planned.name} is broken: ${decoded.reason}`);
  return new PoolMover({
    venue,
    paper,
    pool,
    baseMint: planned.base.mint,
    accounts: accounts.map(({ address }) => address),
    readAccounts: [planned.base.mint, planned.quote.mint],
    mean: decoded.pool.spotPrice(planned.base.mint),
    seed,
    pair: planned.pair,
    name: planned.name,
  });
}

/** Tables of all accounts of the market, for transactions over many pools; their addresses follow from their number. */
function lookupTables(accounts: readonly Account[]): readonly Account[] {
  const count = Math.ceil(accounts.length / LOOKUP_TABLE_SIZE);
  return Array.from({ length: count }, (_, i) => {
    const listed = accounts.slice(i * LOOKUP_TABLE_SIZE, (i + 1) * LOOKUP_TABLE_SIZE);
    const data = encodeLookupTable(listed.map(({ address }) => address));
    const lamports = rentExemptMinimum(data.length);
    return { address: marketAddress(`lookup table/${i}`), owner: LOOKUP_TABLE_PROGRAM, lamports, data };
  });
}

function venueOf(venues: readonly Venue[], planned: PlannedPool): Venue {
  const venue = venues.find(({ program }) => program === planned.program);
  if (venue === undefined) throw new RangeError(`no venue trades on ${planned.program}`);
  return venue;
}

function walletAccounts(wallet: Address): readonly Account[] {
  return DEFAULT_TOKENS.map((token) => {
    const amount = (WALLET[token.symbol] ?? 0n) * 10n ** BigInt(token.decimals);
    if (token.mint === NATIVE_MINT) {
      return { address: wallet, owner: SYSTEM_PROGRAM, lamports: amount, data: new Uint8Array(0) };
    }
    const { mint, tokenProgram } = token;
    const data = tokenAccountData({ mint, owner: wallet, amount });
    return {
      address: associatedTokenAddress(wallet, mint, tokenProgram),
      owner: tokenProgram,
      lamports: rentExemptMinimum(data.length),
      data,
    };
  });
}

/** Wrapped SOL has no supply of its own and nobody who may mint it. */
function mintAccount({ mint, decimals, tokenProgram }: Token): Account {
  const isNative = mint === NATIVE_MINT;
  const data = mintData({
    decimals,
    supply: isNative ? 0n : SUPPLY * 10n ** BigInt(decimals),
    mintAuthority: isNative ? undefined : marketAddress('mint authority'),
  });
  return { address: mint, owner: tokenProgram, lamports: rentExemptMinimum(data.length), data };
}
