import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import { maxBigInt, minBigInt } from '../../kernel/math.js';
import type { Account, AccountMap } from '../../chain/account.js';
import type { PaperMover } from '../../chain/paper/paper-market.js';
import type { SpotPrice } from '../domain/pool.js';
import type { Venue } from '../domain/venue.js';
import type { PaperVenue, PriceFactor } from '../venues/paper-venue.js';
import { SlotNoise } from './noise.js';

const BILLION = 1_000_000_000n;
/** 0.8 bp, so that rounding never makes a whole one of it. */
const STEP_PER_BILLION = 80_000n;
/** All pools of a pair follow the same market, within 25 bps of its start. */
const PAIR_NOISE_PER_BILLION = 2_500_000;
/** Each pool differs by up to 5 bps of its own. Both noises together climb less than half a bp a slot. */
const POOL_NOISE_PER_BILLION = 500_000;

export interface MovingPool {
  readonly venue: Pick<Venue, 'decode'>;
  readonly paper: PaperVenue;
  readonly pool: Address;
  readonly baseMint: Address;
  /** Accounts that change with the price, and those that are only read. */
  readonly accounts: readonly Address[];
  readonly readAccounts: readonly Address[];
  /** The price around which the pool's moves, in base units: that of its start. */
  readonly mean: SpotPrice;
  readonly seed: bigint;
  readonly pair: string;
  readonly name: string;
}

/**
 * Leads a pool towards where its market is, at most 0.8 bp a slot: trades are undone as arbitrage would undo them, and an idle pool
 * wanders around the price of its start.
 */
export class PoolMover implements PaperMover {
  readonly accounts: readonly Address[];
  readonly readAccounts: readonly Address[];
  private readonly pairNoise: SlotNoise;
  private readonly poolNoise: SlotNoise;

  constructor(private readonly moving: MovingPool) {
    this.accounts = moving.accounts;
    this.readAccounts = moving.readAccounts;
    this.pairNoise = new SlotNoise(`${moving.seed}/${moving.pair}`, PAIR_NOISE_PER_BILLION);
    this.poolNoise = new SlotNoise(`${moving.seed}/${moving.name}`, POOL_NOISE_PER_BILLION);
  }

  move(accounts: AccountMap, from: bigint, to: bigint): readonly Account[] {
    if (to <= from) return [];
    const { venue, paper, pool, baseMint } = this.moving;
    const decoded = venue.decode(pool, accounts);
    if (!decoded.ok) throw new EngineError('internal', `the paper pool ${pool} is broken: ${decoded.reason}`);
    const factor = this.factor(decoded.pool.spotPrice(baseMint), to, to - from);
    return factor.numerator === factor.denominator ? [] : paper.drift(accounts, pool, baseMint, factor);
  }

  /** What the price has to be multiplied by, as far as it may in so many slots. */
  private factor(present: SpotPrice, slot: bigint, slots: bigint): PriceFactor {
    const { mean } = this.moving;
    const noise = BILLION + this.pairNoise.at(slot) + this.poolNoise.at(slot);
    // Rounded down: a billionth is far below what a step is limited to.
    const wanted = (mean.numerator * noise * present.denominator) / (mean.denominator * present.numerator);
    const most = BILLION + STEP_PER_BILLION * slots;
    const least = (BILLION * BILLION) / most;
    return { numerator: maxBigInt(least, minBigInt(most, wanted)), denominator: BILLION };
  }
}
