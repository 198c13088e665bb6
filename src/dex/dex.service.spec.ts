import type { Instruction } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { CurvePool, numberedAddress } from '../../test/support/curve-pool.js';
import type { Account, AccountMap } from '../chain/account.js';
import { type ChainClient, CLOCK_SYSVAR } from '../chain/chain-client.js';
import { SYSTEM_PROGRAM } from '../chain/programs.js';
import { DirectPoolAccounts } from './accounts/direct.pool-accounts.js';
import { DexService } from './dex.service.js';
import { type MintPair, refuse } from './domain/pool.js';
import { type DecodeResult, type PoolRef, type Reach, type SwapErrorMeaning, Venue } from './domain/venue.js';
import { PoolRegistry } from './pool-registry.js';
import { PoolDirectory } from './pools/pool-directory.js';

/** Real: the service and the registry. Fake: the ledger, the directory, and a venue whose pool names the arrays around its price. */
const [A, B] = [numberedAddress(1), numberedAddress(2)] as [Address, Address];
const POOL = numberedAddress(10);
const arrayAt = (price: number) => numberedAddress(100 + price);

class ArrayVenue extends Venue {
  readonly name = 'raydium';
  readonly program = 'cpmm';
  readonly programId = SYSTEM_PROGRAM;

  discover(): Promise<readonly PoolRef[]> {
    return Promise.resolve([{ program: 'cpmm', address: POOL, mints: [A, B] as const, accounts: [POOL] }]);
  }

  poolRef(): null {
    return null;
  }

  override neededAccounts(ref: PoolRef, accounts: AccountMap, reach: Reach): readonly Address[] {
    const price = accounts.get(POOL)?.data[0] ?? 0;
    const around = reach === 'near' ? [price] : [price - 1, price, price + 1];
    return [...ref.accounts, ...around.map(arrayAt)];
  }

  decode(address: Address, accounts: AccountMap): DecodeResult {
    const price = accounts.get(POOL)?.data[0];
    if (price === undefined || accounts.get(arrayAt(price)) === undefined) return refuse('state-missing');
    return { ok: true, pool: new CurvePool(address, [A, B], [1n, 1n]) };
  }

  swapInstruction(): Instruction {
    throw new Error('nobody swaps here');
  }

  computeUnitLimit(): number {
    return 0;
  }

  errorMeaning(): SwapErrorMeaning {
    return 'unknown';
  }
}

class FoundPools extends PoolDirectory {
  private found: Promise<readonly PoolRef[]> | undefined;

  poolsOf(venue: Venue, [a, b]: MintPair): Promise<readonly PoolRef[]> {
    return (this.found ??= venue.discover(a, b));
  }

  pairs(): readonly MintPair[] {
    return [];
  }
}

/** Every account but the pool exists and is empty; every read is a slot of its own. */
class Ledger {
  price = 5;
  readonly reads: (readonly Address[])[] = [];

  accounts(addresses: readonly Address[]): ReturnType<ChainClient['accounts']> {
    this.reads.push(addresses);
    const accounts = addresses.map((address): Account => {
      const data = address === POOL ? Uint8Array.of(this.price) : new Uint8Array(address === CLOCK_SYSVAR ? 40 : 0);
      return { address, owner: SYSTEM_PROGRAM, lamports: 1n, data };
    });
    return Promise.resolve({ contextSlot: BigInt(this.reads.length), accounts });
  }
}

function service() {
  const ledger = new Ledger();
  const registry = new PoolRegistry([new ArrayVenue()], new FoundPools());
  const dex = new DexService(registry, new DirectPoolAccounts(ledger));
  const read = (reach?: Reach) => dex.marketStates([[A, B]], ['raydium'], reach);
  return { ledger, read };
}

describe('reading the states of pools', () => {
  it('takes a second read when the pool names accounts that nobody asked for, and answers with that one slot', async () => {
    const { ledger, read } = service();
    const { contextSlot, pairs } = await read();
    expect(pairs[0]?.[0]?.refusal).toBeNull();
    expect(ledger.reads.map(({ length }) => length)).toEqual([2, 3]);
    expect(contextSlot).toBe(2n);
  });

  it('takes a single read as long as the price stays where it was', async () => {
    const { ledger, read } = service();
    await read();
    ledger.reads.length = 0;
    await read();
    expect(ledger.reads).toEqual([[CLOCK_SYSVAR, POOL, arrayAt(5)]]);
  });

  it('follows a price that has left what was read', async () => {
    const { ledger, read } = service();
    await read();
    ledger.price = 9;
    ledger.reads.length = 0;
    expect((await read()).pairs[0]?.[0]?.refusal).toBeNull();
    expect(ledger.reads.at(-1)).toEqual([CLOCK_SYSVAR, POOL, arrayAt(9)]);
  });

  it('reaches further when it is asked to', async () => {
    const { ledger, read } = service();
    await read('far');
    expect(ledger.reads.at(-1)).toEqual([CLOCK_SYSVAR, POOL, arrayAt(4), arrayAt(5), arrayAt(6)]);
  });

  it('gives up on a pool whose price never stays, after a few reads', async () => {
    const { ledger, read } = service();
    const accounts = ledger.accounts.bind(ledger);
    ledger.accounts = (addresses) => {
      ledger.price++;
      return accounts(addresses);
    };
    expect((await read()).pairs[0]?.[0]).toMatchObject({ pool: null, refusal: 'state-missing' });
    expect(ledger.reads).toHaveLength(3);
  });
});
