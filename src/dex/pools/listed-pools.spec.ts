import { Logger } from '@nestjs/common';
import { numberedAddress } from '../../../test/support/curve-pool.js';
import type { Address } from '../../kernel/address.js';
import { DEFAULT_TOKENS } from '../../kernel/tokens/listed-tokens.js';
import { TokenList } from '../../kernel/tokens/token-list.js';
import type { Account } from '../../chain/account.js';
import { SYSTEM_PROGRAM } from '../../chain/programs.js';
import type { MintPair } from '../domain/pool.js';
import type { Venue } from '../domain/venue.js';
import { ListedPools } from './listed-pools.js';

/** Real: the directory. Fake: the ledger, and a program whose pools hold the numbers of their mints. */
const PROGRAM = numberedAddress(200);
const MINTS = [...DEFAULT_TOKENS.slice(0, 3).map(({ mint }) => mint), numberedAddress(99)];
const [SOL, USDC] = MINTS as [Address, Address];
const UNLISTED = 3;

const venue = {
  program: 'cpmm',
  programId: PROGRAM,
  poolRef: ({ address, data }: Account) => {
    if (data.length === 0) return null;
    const mints = [MINTS[data[0]!]!, MINTS[data[1]!]!] as const;
    return { program: 'cpmm', address, mints, accounts: [address] };
  },
} as unknown as Venue;

async function listed(accounts: Readonly<Record<Address, Omit<Account, 'address' | 'lamports'> | null>>) {
  const reads: (readonly Address[])[] = [];
  const chain = {
    accounts: (addresses: readonly Address[]) => {
      reads.push(addresses);
      const found = addresses.map((address) => {
        const account = accounts[address] ?? null;
        return account === null ? null : { address, lamports: 1n, ...account };
      });
      return Promise.resolve({ contextSlot: 1n, accounts: found });
    },
  };
  const addresses = Object.keys(accounts) as Address[];
  const pools = new ListedPools(chain, { addresses, tokens: new TokenList(DEFAULT_TOKENS), venues: [venue] });
  await pools.onModuleInit();
  const of = async (pair: MintPair) => (await pools.poolsOf(venue, pair)).map(({ address }) => address);
  return { pools, of, reads };
}

const poolOf = (a: number, b: number) => ({ owner: PROGRAM, data: Uint8Array.of(a, b) });
const [FIRST, SECOND, THIRD] = [1, 2, 3].map(numberedAddress) as [Address, Address, Address];

describe('pools that the operator lists', () => {
  let warnings: unknown[];
  beforeEach(() => {
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((what: unknown) => void warnings.push(what));
  });
  afterEach(() => jest.restoreAllMocks());

  it('are the pools of their pair, in either order, and there are no others', async () => {
    const { pools, of } = await listed({ [FIRST]: poolOf(0, 1), [SECOND]: poolOf(1, 0), [THIRD]: poolOf(0, 2) });
    expect(await of([SOL, USDC])).toEqual([FIRST, SECOND]);
    expect(await of([USDC, SOL])).toEqual([FIRST, SECOND]);
    expect(await of([USDC, MINTS[2]!])).toEqual([]);
    expect(pools.pairs()).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it('are read once, a hundred at a time', async () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [numberedAddress(i), poolOf(0, 1)]));
    const { of, reads } = await listed(many);
    expect(await of([SOL, USDC])).toHaveLength(101);
    expect(reads.map(({ length }) => length)).toEqual([100, 1]);
  });

  it.each([
    ['there is no such account', null, 'no such account'],
    [
      'it belongs to another program',
      { owner: SYSTEM_PROGRAM, data: Uint8Array.of(0, 1) },
      'no pool of a supported program',
    ],
    [
      'it is another account of the program',
      { owner: PROGRAM, data: new Uint8Array() },
      'no pool of a supported program',
    ],
    ['a token is not listed', poolOf(0, UNLISTED), 'unlisted token'],
  ])('are left out and reported when %s', async (_, account, reason) => {
    const { pools, of } = await listed({ [FIRST]: account, [SECOND]: poolOf(0, 1) });
    expect(await of([SOL, USDC])).toEqual([SECOND]);
    expect(pools.pairs()).toHaveLength(1);
    expect(warnings).toEqual([expect.objectContaining({ pool: FIRST, reason })]);
  });
});
