import { addressFromBytes } from '../../src/kernel/address.js';
import { DEFAULT_TOKENS } from '../../src/kernel/tokens/listed-tokens.js';
import type { Account } from '../../src/chain/account.js';
import type { Pool } from '../../src/dex/domain/pool.js';
import { plannedPools } from '../../src/dex/paper-market/planned-pools.js';
import { PoolsPaperMarket } from '../../src/dex/paper-market/pools.paper-market.js';
import { SUPPORTED_VENUES } from '../../src/dex/venues/supported-venues.js';
import { bestRoute } from '../../src/routing/domain/best-route.js';
import { poolOffers } from '../../src/routing/domain/pool-offers.js';
import { requestOf, type RouteRequest } from '../../src/routing/domain/route.js';
import { type Figure, median } from './figure.js';

const TIME = { slot: 1_000n, epoch: 0n, unixTimestamp: 1_800_000_000n };
const PAIR = 'SOL/USDC';
const [SOL, USDC] = ['SOL', 'USDC'].map((symbol) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!.mint);
const WALLET = addressFromBytes(new Uint8Array(32).fill(7));
/** A small order stays on one pool, a large one is spread over several. */
const SMALL = 10n ** 8n;
const LARGE = 2_000n * 10n ** 9n;
const RULES = { fits: () => true, extraSwapCost: 0n };
const ROUNDS = 7;
const LOOPS = 20;

/** Milliseconds of a search over pools of every kind, decoded already: the best single pool, and the best of all ways. */
export function benchRoutes(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of [1, 5, 20, 100]) {
    const pools = poolsOfPair(count);
    const single = (request: RouteRequest) => poolOffers(request, pools, TIME);
    const best = (request: RouteRequest) => bestRoute(request, { direct: pools, detours: [] }, RULES, TIME);
    const target = (text: string) => (count === 20 ? { target: text } : {});
    figures.push(
      { name: `route-single-${count}-pools`, value: milliseconds(single, SMALL), unit: 'ms', ...target('<= 0.3 ms') },
      { name: `route-best-small-${count}-pools`, value: milliseconds(best, SMALL), unit: 'ms' },
      { name: `route-split-${count}-pools`, value: milliseconds(best, LARGE), unit: 'ms', ...target('<= 5 ms') },
    );
  }
  return Promise.resolve(figures);
}

/** Pools of the paper market's main pair; further ones are the same pools of markets with other seeds, at other prices. */
function poolsOfPair(count: number): readonly Pool[] {
  const venues = SUPPORTED_VENUES.map((Venue) => new Venue({ programAccounts: () => Promise.resolve([]) }));
  const pools: Pool[] = [];
  for (let seed = 1n; pools.length < count; seed++) {
    const genesis = new PoolsPaperMarket().genesis(WALLET, seed);
    const accounts = new Map(genesis.map((account): [Account['address'], Account] => [account.address, account]));
    for (const { pair, program, plan } of plannedPools(seed)) {
      if (pair !== PAIR) continue;
      const venue = venues.find((each) => each.program === program)!;
      const decoded = venue.decode(plan.addressOf('pool'), accounts);
      if (!decoded.ok) throw new Error(`a paper pool is ${decoded.reason}`);
      pools.push(decoded.pool);
    }
  }
  return pools.slice(0, count);
}

/** The median over some rounds, both sides in turn. */
function milliseconds(run: (request: RouteRequest) => unknown, amount: bigint): number {
  const requests = (['buy', 'sell'] as const).map((side) => requestOf(side, SOL!, USDC!, amount));
  const round = () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < LOOPS; i++) for (const request of requests) run(request);
    return Number(process.hrtime.bigint() - start) / (LOOPS * requests.length) / 1e6;
  };
  round();
  return median(Array.from({ length: ROUNDS }, round));
}
