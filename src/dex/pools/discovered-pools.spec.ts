import { ManualClock } from '../../../test/support/manual-clock.js';
import { numberedAddress } from '../../../test/support/curve-pool.js';
import { eventually } from '../../../test/support/eventually.js';
import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import type { MintPair } from '../domain/pool.js';
import type { PoolRef, Venue } from '../domain/venue.js';
import type { Discovery } from '../persistence/discovery.store.js';
import { DiscoveredPools, REFRESH_MS } from './discovered-pools.js';

/** Real: the directory. Fake: the programs, the store and the clock. */
const [MINT_A, MINT_B] = [numberedAddress(1), numberedAddress(2)].sort() as [Address, Address];
const PAIR: MintPair = [MINT_A, MINT_B];
const REVERSED: MintPair = [MINT_B, MINT_A];

const pool = (number: number): PoolRef => {
  const address = numberedAddress(number);
  return { program: 'cpmm', address, mints: PAIR, accounts: [address] };
};

class Program {
  readonly programId = numberedAddress(50);
  readonly program = 'cpmm';
  pools: readonly PoolRef[] = [pool(10)];
  isAway = false;
  readonly asked: MintPair[] = [];

  async discover(...pair: MintPair): Promise<readonly PoolRef[]> {
    this.asked.push(pair);
    await Promise.resolve();
    if (this.isAway) throw new EngineError('chain-unavailable', 'away');
    return this.pools;
  }
}

class Memory {
  isAway = false;
  readonly rows: (Discovery & { readonly ageMs: number })[] = [];

  all() {
    return Promise.resolve(this.rows);
  }

  remember(discovery: Discovery): Promise<void> {
    if (this.isAway) return Promise.reject(new Error('away'));
    this.rows.push({ ...discovery, ageMs: 0 });
    return Promise.resolve();
  }
}

async function started(memory = new Memory()) {
  const clock = new ManualClock();
  const program = new Program();
  const venue = program as unknown as Venue;
  const directory = new DiscoveredPools(memory, clock);
  await directory.onModuleInit();
  return { clock, program, memory, venue, directory, ask: (pair: MintPair) => directory.poolsOf(venue, pair) };
}

describe('pools found on the ledger', () => {
  it('are asked for once per program and pair, in either order, by any number of callers at once', async () => {
    const { program, ask, directory } = await started();
    const answers = await Promise.all([ask(PAIR), ask(REVERSED), ask(PAIR)]);
    expect(answers).toEqual([[pool(10)], [pool(10)], [pool(10)]]);
    expect(program.asked).toEqual([PAIR]);
    expect(directory.pairs()).toEqual([PAIR]);
  });

  it('are known after a restart without asking, also that there are none', async () => {
    const before = await started();
    await before.ask(PAIR);
    before.program.pools = [];
    await before.ask([MINT_A, numberedAddress(3)]);
    const after = await started(before.memory);
    expect(await after.ask(REVERSED)).toEqual([pool(10)]);
    expect(await after.ask([numberedAddress(3), MINT_A])).toEqual([]);
    expect(after.program.asked).toEqual([]);
    expect(after.directory.pairs()).toHaveLength(2);
  });

  it('are asked for again in the background, while those known are used', async () => {
    const { clock, program, memory, ask } = await started();
    await ask(PAIR);
    program.pools = [pool(10), pool(11)];
    clock.pass(REFRESH_MS - 1);
    await ask(PAIR);
    expect(program.asked).toHaveLength(1);
    clock.pass(1);
    expect(await ask(PAIR)).toEqual([pool(10)]);
    await eventually(async () => expect(await ask(PAIR)).toEqual([pool(10), pool(11)]));
    expect(program.asked).toHaveLength(2);
    expect(memory.rows.at(-1)).toMatchObject({ mints: PAIR, pools: [pool(10), pool(11)] });
  });

  it('are asked for again soon after a restart when they were found long ago', async () => {
    const memory = new Memory();
    const found = { programId: numberedAddress(50), mints: PAIR, pools: [pool(9)], ageMs: REFRESH_MS };
    memory.rows.push(found);
    const { ask } = await started(memory);
    expect(await ask(PAIR)).toEqual([pool(9)]);
    await eventually(async () => expect(await ask(PAIR)).toEqual([pool(10)]));
  });

  it('stay known when the program can not be asked again', async () => {
    const { clock, program, ask } = await started();
    await ask(PAIR);
    program.isAway = true;
    clock.pass(REFRESH_MS);
    await ask(PAIR);
    await eventually(() => expect(program.asked).toHaveLength(2));
    expect(await ask(PAIR)).toEqual([pool(10)]);
    expect(program.asked).toHaveLength(2);
  });

  it('are asked for by the next caller when the first question fails', async () => {
    const { program, ask } = await started();
    program.isAway = true;
    await expect(ask(PAIR)).rejects.toMatchObject({ code: 'chain-unavailable' });
    program.isAway = false;
    expect(await ask(PAIR)).toEqual([pool(10)]);
  });

  it('are used although they can not be stored', async () => {
    const { memory, ask } = await started();
    memory.isAway = true;
    expect(await ask(PAIR)).toEqual([pool(10)]);
    expect(memory.rows).toEqual([]);
  });
});
