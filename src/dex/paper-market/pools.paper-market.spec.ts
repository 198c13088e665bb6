import { addressFromBytes, type Address } from '../../kernel/address.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import type { Account } from '../../chain/account.js';
import { rentExemptMinimum } from '../../chain/programs.js';
import { withAmount } from '../../chain/paper/programs/token/token-state.js';
import type { Pool } from '../domain/pool.js';
import { SUPPORTED_VENUES } from '../venues/supported-venues.js';
import { plannedPools } from './planned-pools.js';
import { PoolsPaperMarket } from './pools.paper-market.js';

/** Real: the market, the venues' layouts and math. Fake: the ledger, a map. */
const WALLET = addressFromBytes(new Uint8Array(32).fill(7));
const TIME = { slot: 1_000n, epoch: 0n, unixTimestamp: 1_800_000_000n };
const BPS_OF_BILLION = 100_000n;
const market = new PoolsPaperMarket();
const plans = plannedPools(1n);
const movers = market.movers(1n);
const start = market.genesis(WALLET, 1n);
const venues = SUPPORTED_VENUES.map((Venue) => new Venue({ programAccounts: () => Promise.resolve([]) }));

function genesis(): Map<Address, Account> {
  return new Map(start.map((account) => [account.address, account]));
}

function poolOf(name: string, accounts: ReadonlyMap<Address, Account>): Pool {
  const planned = plans.find((pool) => pool.name === name)!;
  const venue = venues.find(({ program }) => program === planned.program)!;
  const decoded = venue.decode(planned.plan.addressOf('pool'), accounts);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.pool;
}

/** Quote per base in billionths of a base unit ratio. */
function price(pool: Pool, base: Address): bigint {
  const { numerator, denominator } = pool.spotPrice(base);
  return (numerator * 10n ** 18n) / denominator;
}

const ALL = plans.map(({ name, program, base, quote, plan }) => ({ name, program, base, quote, plan }));
/** Prices of these come in bins, as many bps apart as their fee. */
const BINNED = ALL.filter(({ program }) => program === 'dlmm');
const SMOOTH = ALL.filter(({ program }) => program !== 'dlmm');

it.each(ALL)('$name trades both ways at its start', ({ name, base, quote, plan }) => {
  const pool = poolOf(name, genesis());
  expect(pool.refusal(TIME)).toBeNull();
  for (const [token, planned] of [
    [base, plan.tokens[0]],
    [quote, plan.tokens[1]],
  ] as const) {
    const amount = planned.reserve / 10_000n;
    for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
      expect(pool.quote({ swapMode, inputMint: token.mint, amount }, TIME)).toMatchObject({ ok: true });
    }
  }
});

it('pools of one pair start within ten bps of each other', () => {
  const accounts = genesis();
  for (const pair of new Set(plans.map((pool) => pool.pair))) {
    const prices = plans
      .filter((pool) => pool.pair === pair)
      .map(({ name, base }) => price(poolOf(name, accounts), base.mint))
      .sort((a, b) => (a < b ? -1 : 1));
    expect(new Set(prices).size).toBe(prices.length);
    expect((prices.at(-1)! * 10_000n) / prices[0]!).toBeLessThanOrEqual(10_010n);
  }
});

it('the same seed makes the same market, another one another', () => {
  expect(market.genesis(WALLET, 5n)).toEqual(new PoolsPaperMarket().genesis(WALLET, 5n));
  expect(market.genesis(WALLET, 6n)).not.toEqual(market.genesis(WALLET, 5n));
});

it('every account is exempt from rent, once, and wrapped SOL is backed', () => {
  const all = start;
  expect(new Set(all.map(({ address }) => address)).size).toBe(all.length);
  for (const { lamports, data } of all) expect(lamports).toBeGreaterThanOrEqual(rentExemptMinimum(data.length));
});

it('the wallet starts with at least 10,000 SOL and 1,000,000 USDC and holds every listed token', () => {
  const accounts = genesis();
  expect(accounts.get(WALLET)!.lamports).toBeGreaterThanOrEqual(10_000n * 10n ** 9n);
  expect(DEFAULT_TOKENS.filter(({ mint }) => mint !== NATIVE_MINT)).toHaveLength(6);
});

describe('drift', () => {
  /** Prices of a pool over consecutive slots, all from one stored state. */
  function walk(name: string, accounts: Map<Address, Account>, stored: bigint, slots: number) {
    const index = plans.findIndex((pool) => pool.name === name);
    const mover = movers[index]!;
    const { base } = plans[index]!;
    return Array.from({ length: slots }, (_, i) => {
      const moved = new Map(accounts);
      for (const account of mover.move(accounts, stored, stored + BigInt(i))) moved.set(account.address, account);
      return price(poolOf(name, moved), base.mint);
    });
  }

  function steepest(prices: readonly bigint[]): bigint {
    const step = (a: bigint, b: bigint) => ((b > a ? b - a : a - b) * 10_000n * BPS_OF_BILLION) / (a < b ? a : b);
    return prices.slice(1).reduce((most, next, i) => {
      const size = step(prices[i]!, next);
      return size > most ? size : most;
    }, 0n);
  }

  it.each(SMOOTH)('$name moves, and by at most 1 bp a slot', ({ name }) => {
    const prices = walk(name, genesis(), 10n, 150);
    expect(new Set(prices).size).toBeGreaterThan(75);
    expect(steepest(prices)).toBeLessThanOrEqual(BPS_OF_BILLION);
  });

  it.each(BINNED)('$name moves, and by at most one bin a slot', ({ name, plan }) => {
    const prices = walk(name, genesis(), 10n, 150);
    expect(new Set(prices).size).toBeGreaterThan(1);
    expect(steepest(prices)).toBeLessThanOrEqual(BigInt(plan.feeBps) * BPS_OF_BILLION + 1n);
  });

  it.each(ALL)('$name stays within 60 bps of its start for ever', ({ name, base }) => {
    const accounts = genesis();
    const mean = price(poolOf(name, accounts), base.mint);
    const mover = movers[plans.findIndex((pool) => pool.name === name)]!;
    for (let slot = 1n; slot < 10_000_000n; slot = slot * 3n + 1n) {
      const moved = new Map(accounts);
      for (const account of mover.move(accounts, 0n, slot)) moved.set(account.address, account);
      const now = price(poolOf(name, moved), base.mint);
      const distance = ((now > mean ? now - mean : mean - now) * 10_000n) / mean;
      expect(distance).toBeLessThanOrEqual(60n);
    }
  });

  it('leads a price that a trade has pushed back to its mean, no faster than 1 bp a slot', () => {
    const name = 'SOL/USDC/cpmm/25';
    const planned = plans.find((pool) => pool.name === name)!;
    const accounts = genesis();
    const vaults = ['vault0', 'vault1'].map((role) => accounts.get(planned.plan.addressOf(role))!);
    // Twice the balance of one vault: the price doubles or halves.
    const [pushed] = vaults as [Account];
    const amount = new DataView(pushed.data.buffer).getBigUint64(64, true);
    accounts.set(pushed.address, { ...pushed, data: withAmount(pushed.data, 2n * amount) });
    const mean = price(poolOf(name, genesis()), planned.base.mint);
    const prices = walk(name, accounts, 10n, 150);
    expect(steepest(prices)).toBeLessThanOrEqual(BPS_OF_BILLION);
    const apart = (value: bigint) => (value > mean ? value - mean : mean - value);
    expect(apart(prices.at(-1)!)).toBeLessThan(apart(prices[0]!));
    const index = plans.indexOf(planned);
    const late = new Map(accounts);
    for (const account of movers[index]!.move(accounts, 10n, 20_000n)) late.set(account.address, account);
    expect((apart(price(poolOf(name, late), planned.base.mint)) * 10_000n) / mean).toBeLessThanOrEqual(60n);
  });

  it('changes nothing in the slot of the stored state', () => {
    const accounts = genesis();
    for (const mover of movers) expect(mover.move(accounts, 77n, 77n)).toEqual([]);
  });
});
