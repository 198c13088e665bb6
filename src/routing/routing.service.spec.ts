import { AccountRole } from '@solana/kit';
import { type Address, addressFromBytes, addressToBytes } from '../kernel/address.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../kernel/tokens/listed-tokens.js';
import { TokenList } from '../kernel/tokens/token-list.js';
import type { Config } from '../platform/config/config.js';
import { CurvePool, numberedAddress, TIME } from '../../test/support/curve-pool.js';
import type { LookupTableAddresses } from '../chain/lookup-table.js';
import type { LookupTables } from '../chain/lookup-tables.js';
import { SYSTEM_PROGRAM } from '../chain/programs.js';
import type { DexService, MarketStates } from '../dex/dex.service.js';
import { type MintPair, type Pool, type QuoteResult, refuse } from '../dex/domain/pool.js';
import type { SwapOrder, SwapRequest, VenueName } from '../dex/domain/swap.js';
import type { Reach, Venue } from '../dex/domain/venue.js';
import { requestOf } from './domain/route.js';
import { RouteInstructions } from './route-instructions.js';
import { RoutingService } from './routing.service.js';

/** Real: the service, the search and the measuring. Fake: pools on a plain curve, read without a ledger. */
const [USDC, RAY] = ['USDC', 'RAY'].map((symbol) => DEFAULT_TOKENS.find((token) => token.symbol === symbol)!.mint) as [
  Address,
  Address,
];
const ALL: readonly VenueName[] = ['raydium', 'meteora'];
const DEEP = [10n ** 12n, 10n ** 12n] as const;

/** Its swaps name so many accounts of their own. */
class WideVenue {
  constructor(private readonly width: number) {}

  computeUnitLimit(): number {
    return 60_000;
  }

  swapInstruction({ address }: Pool, order: SwapOrder) {
    const own = Array.from({ length: this.width }, (_, i) => ownAccount(address, i));
    const accounts = [order.owner, order.inputAccount, order.outputAccount, ...own];
    return {
      programAddress: SYSTEM_PROGRAM,
      accounts: accounts.map((each) => ({ address: each, role: AccountRole.WRITABLE })),
      data: new Uint8Array(24),
    };
  }
}

/** An address that belongs to one pool alone. */
function ownAccount(pool: Address, index: number): Address {
  return addressFromBytes(Uint8Array.from([...addressToBytes(pool).subarray(0, 31), index + 100]));
}

/** A pool that serves up to a limit, beyond which it does not know its own state. */
class ShortSighted extends CurvePool {
  constructor(
    private readonly limit: bigint,
    ...rest: ConstructorParameters<typeof CurvePool>
  ) {
    super(...rest);
  }

  override quote(request: SwapRequest): QuoteResult {
    return request.amount > this.limit ? refuse('state-missing') : super.quote(request);
  }
}

interface Market {
  readonly pools: readonly Pool[];
  readonly width?: number;
  readonly tables?: LookupTableAddresses;
  /** What a further look brings instead. */
  readonly far?: readonly Pool[];
}

function serviceOver({ pools, width = 5, tables = {}, far = pools }: Market) {
  const venue = new WideVenue(width) as unknown as Venue;
  const reads: Reach[] = [];
  const marketStates = (pairs: readonly MintPair[], _venues: unknown, reach: Reach = 'near'): Promise<MarketStates> => {
    reads.push(reach);
    const found = reach === 'near' ? pools : far;
    const ofPair = (pair: MintPair) => found.filter(({ mints }) => mints.every((mint) => pair.includes(mint)));
    const states = pairs.map((pair) =>
      ofPair(pair).map((pool) => ({ venue, address: pool.address, pool, refusal: null })),
    );
    return Promise.resolve({ contextSlot: 1n, time: TIME, pairs: states });
  };
  const dex = { marketStates, venueOf: () => venue } as unknown as DexService;
  const config = { tokens: new TokenList(DEFAULT_TOKENS) } as Config;
  const lookups = { current: () => Promise.resolve(tables) } as unknown as LookupTables;
  return { routing: new RoutingService(dex, new RouteInstructions(dex, config), lookups), reads };
}

const sell = (amount: bigint) => requestOf('sell', NATIVE_MINT, USDC, amount);
const curve = (number: number, mints: readonly [Address, Address] = [NATIVE_MINT, USDC]) =>
  new CurvePool(numberedAddress(number), mints, DEEP);

describe('routing', () => {
  it('reads once when what was read near the price suffices', async () => {
    const { routing, reads } = serviceOver({ pools: [curve(1)] });
    expect((await routing.route(sell(10n ** 9n), ALL)).best?.swaps).toHaveLength(1);
    expect(reads).toEqual(['near']);
  });

  it('looks further when a pool leaves what was read of it', async () => {
    const near = new ShortSighted(10n, numberedAddress(1), [NATIVE_MINT, USDC], DEEP);
    const { routing, reads } = serviceOver({ pools: [near], far: [curve(1)] });
    expect((await routing.route(sell(10n ** 9n), ALL)).best).not.toBeNull();
    expect(reads).toEqual(['near', 'far']);
  });

  it('goes around by the tokens that everything trades against, and only by others than the traded ones', async () => {
    const { routing } = serviceOver({ pools: [curve(1, [NATIVE_MINT, RAY]), curve(2, [RAY, USDC])] });
    expect((await routing.route(sell(10n ** 9n), ALL)).best).toBeNull();
    const around = serviceOver({ pools: [curve(1, [RAY, NATIVE_MINT]), curve(2)] });
    const { best } = await around.routing.route(requestOf('sell', RAY, USDC, 10n ** 9n), ALL);
    expect(best?.swaps.map(({ leg, outputMint }) => [leg, outputMint])).toEqual([
      [1, NATIVE_MINT],
      [2, USDC],
    ]);
  });

  it('splits over as many pools as the transaction has room for', async () => {
    const pools = [1, 2, 3, 4].map((number) => curve(number));
    const swaps = async (width: number) => {
      const { best } = await serviceOver({ pools, width }).routing.route(sell(10n ** 11n), ALL);
      return best?.swaps.length;
    };
    expect(await swaps(3)).toBe(4);
    expect(await swaps(6)).toBe(2);
    expect(await swaps(12)).toBe(1);
    expect(await swaps(40)).toBeUndefined();
  });

  it('has more room with lookup tables, up to 64 accounts', async () => {
    const pools = [1, 2, 3, 4].map((number) => curve(number));
    const own = pools.map(({ address }) => Array.from({ length: 40 }, (_, i) => ownAccount(address, i)));
    const tables = Object.fromEntries(own.map((list, i) => [numberedAddress(200 + i), list])) as LookupTableAddresses;
    const swaps = async (width: number) => {
      const { best } = await serviceOver({ pools, width, tables }).routing.route(sell(10n ** 11n), ALL);
      return best?.swaps.length;
    };
    expect(await swaps(8)).toBe(4);
    expect(await swaps(16)).toBe(3);
    expect(await swaps(40)).toBe(1);
  });

  it('shows every pool of the pair for the whole amount, whatever the route', async () => {
    const { routing } = serviceOver({ pools: [1, 2].map((number) => curve(number)), width: 3 });
    const { best, considered } = await routing.route(sell(10n ** 11n), ALL);
    expect(best?.swaps).toHaveLength(2);
    expect(considered.map(({ inAmount }) => inAmount)).toEqual([10n ** 11n, 10n ** 11n]);
  });
});
