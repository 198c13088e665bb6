import { AccountRole } from '@solana/kit';
import { type Address, addressFromBytes, addressToBytes } from '../../src/kernel/address.js';
import { ByteWriter } from '../../src/kernel/bytes.js';
import { programAddress } from '../../src/chain/derived-address.js';
import type { Account } from '../../src/chain/account.js';
import type { PaperAccountMeta } from '../../src/chain/paper/paper-program.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import { AMM_V4_AUTHORITY, ammV4SwapInstruction } from '../../src/dex/venues/raydium-amm-v4/instructions.js';
import { decodeAmmV4Keys } from '../../src/dex/venues/raydium-amm-v4/layout.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { balance, errorOf, moved, PLENTY, quoteOf, swap, walletAccounts, withWallet } from './paper-world.js';
import { ammV4Venue, decoded, recordedPools } from './recorded-pools.js';

/** Real: the venue, on a recorded pool. Made by hand: its status, its open orders and its market, as OpenBook lays them out. */
const file = recordedPools('raydium-amm-v4').get('status6.json')!;
const recorded = file.accounts.get(file.pool)!;
const keys = decodeAmmV4Keys(recorded.data);
const filled = (byte: number) => addressFromBytes(new Uint8Array(32).fill(byte));
const NONCE = 3n;

function account(address: Address, data: Uint8Array, owner = keys.marketProgram): Account {
  return { address, owner, lamports: 1n << 40n, data };
}

function withStatus(status: bigint): Account {
  return { ...recorded, data: new ByteWriter(recorded.data.slice()).u64(0, status).bytes };
}

interface Totals {
  readonly coin: bigint;
  readonly pc: bigint;
}

function openOrders({ coin, pc }: Totals = { coin: 0n, pc: 0n }): Account {
  const bytes = new ByteWriter(new Uint8Array(3228)).raw(0, Buffer.from('serum')).u64(5, 5n);
  bytes.raw(13, addressToBytes(keys.market)).raw(45, addressToBytes(AMM_V4_AUTHORITY));
  return account(keys.openOrders, bytes.u64(77, coin).u64(85, coin).u64(93, pc).u64(101, pc).bytes);
}

function market(): Account {
  const bytes = new ByteWriter(new Uint8Array(388)).raw(0, Buffer.from('serum')).u64(5, 3n).u64(45, NONCE);
  bytes.raw(13, addressToBytes(keys.market));
  [117, 165, 253, 285, 317].forEach((offset, i) => bytes.raw(offset, addressToBytes(filled(i + 1))));
  return account(keys.market, bytes.bytes);
}

function read(...changes: Account[]) {
  const accounts = new Map(file.accounts);
  for (const change of changes) accounts.set(change.address, change);
  return ammV4Venue.decode(file.pool, accounts);
}

function reasonOf(...changes: Account[]): string | null {
  const result = read(...changes);
  return result.ok ? result.pool.refusal(file.time) : result.reason;
}

describe('a pool of Raydium AMM v4', () => {
  it('trades in status 1, 6 and 7, and in no other', () => {
    const rest = [openOrders(), market()];
    for (const status of [1n, 6n, 7n]) expect(reasonOf(withStatus(status), ...rest)).toBeNull();
    for (const status of [0n, 2n, 3n, 4n, 5n, 8n, 1n << 63n]) {
      expect(reasonOf(withStatus(status), ...rest)).toBe('disabled');
    }
  });

  it('waits for its opening time in status 7 alone', () => {
    const at = (status: bigint, openTime: bigint) => {
      const pool = withStatus(status);
      return reasonOf({ ...pool, data: new ByteWriter(pool.data).u64(224, openTime).bytes });
    };
    const now = file.time.unixTimestamp;
    expect(at(7n, now)).toBeNull();
    expect(at(7n, now + 1n)).toBe('not-open-yet');
    expect(at(6n, now + 1n)).toBeNull();
  });

  it('is refused when its authority is not the one that signs for vaults, or its fee takes everything', () => {
    const edited = (offset: number, value: bigint) => ({
      ...recorded,
      data: new ByteWriter(recorded.data.slice()).u64(offset, value).bytes,
    });
    expect(reasonOf(edited(8, 253n))).toBe('state-invalid');
    expect(reasonOf(edited(176, 10_000n))).toBe('state-invalid');
    expect(reasonOf(edited(184, 0n))).toBe('state-invalid');
    expect(reasonOf(edited(192, 1n << 63n))).toBe('state-invalid');
  });
});

describe('a pool with an order book', () => {
  it('quotes what it would without one while its orders are empty', () => {
    const withBook = read(withStatus(1n), openOrders(), market());
    const plain = decoded(ammV4Venue, file);
    if (!withBook.ok) throw new Error(withBook.reason);
    const request = { swapMode: 'ExactIn', inputMint: keys.coinMint, amount: 1_000_000_007n } as const;
    expect(withBook.pool.quote(request, file.time)).toEqual(plain.quote(request, file.time));
    expect([plain.swapAccounts, withBook.pool.swapAccounts]).toEqual([8, 17]);
  });

  it.each([
    ['coin in its orders', openOrders({ coin: 1n, pc: 0n })],
    ['pc in its orders', openOrders({ coin: 0n, pc: 1n })],
  ])('is refused with %s, which builds of the program count differently', (_, orders) => {
    expect(reasonOf(withStatus(1n), orders, market())).toBe('unsupported-pool');
  });

  it('is refused while its open orders or its market are missing, of another market, owner or kind', () => {
    const pool = withStatus(1n);
    const [orders, book] = [openOrders(), market()];
    const edited = (of: Account, offset: number) => {
      const data = of.data.slice();
      data[offset] = data[offset]! ^ 1;
      return { ...of, data };
    };
    expect(reasonOf(pool, book)).toBe('state-missing');
    expect(reasonOf(pool, orders)).toBe('state-missing');
    expect(reasonOf(pool, { ...orders, owner: file.pool }, book)).toBe('state-invalid');
    expect(reasonOf(pool, orders, { ...book, owner: file.pool })).toBe('state-invalid');
    // The word at the start, the flags, the market's address, the owner.
    for (const offset of [0, 5, 13, 45]) expect(reasonOf(pool, edited(orders, offset), book)).toBe('state-invalid');
    for (const offset of [0, 5, 13]) expect(reasonOf(pool, orders, edited(book, offset))).toBe('state-invalid');
    expect(reasonOf(pool, { ...orders, data: orders.data.slice(1) }, book)).toBe('state-invalid');
    expect(reasonOf(pool, orders, { ...book, data: new Uint8Array(0) })).toBe('state-invalid');
  });

  it('asks for its open orders and its market, and only while it has them', () => {
    const ref = ammV4Venue.poolRef(recorded)!;
    const plain = [file.pool, keys.coinVault, keys.pcVault];
    const needed = (account: Account) => ammV4Venue.neededAccounts(ref, new Map([[file.pool, account]]));
    expect(ammV4Venue.poolRef(withStatus(1n))!.accounts).toEqual([...plain, keys.openOrders, keys.market]);
    expect(needed(withStatus(1n))).toEqual([...plain, keys.openOrders, keys.market]);
    expect(needed(recorded)).toEqual(plain);
    expect(ammV4Venue.neededAccounts(ref, new Map())).toEqual(plain);
  });

  it.each(['v1', 'v2'] as const)('is swapped on by the instruction that names the market, under %s', (version) => {
    const venue = new RaydiumAmmV4Venue({ programAccounts: () => Promise.resolve([]) }, version);
    const result = read(withStatus(1n), openOrders(), market());
    if (!result.ok) throw new Error(result.reason);
    const wallet = { owner: filled(20), inputAccount: filled(21), outputAccount: filled(22) };
    const { accounts, data } = venue.swapInstruction(result.pool, {
      swapMode: 'ExactOut',
      inputMint: keys.coinMint,
      outputMint: keys.pcMint,
      amount: 5n,
      otherAmountThreshold: 9n,
      ...wallet,
    });
    const { READONLY, WRITABLE, READONLY_SIGNER } = AccountRole;
    const nonce = new ByteWriter(new Uint8Array(8)).u64(0, NONCE).bytes;
    expect(Buffer.from(data!).toString('hex')).toBe('0b' + '0900000000000000' + '0500000000000000');
    expect(accounts).toEqual([
      { address: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', role: READONLY },
      { address: file.pool, role: WRITABLE },
      { address: AMM_V4_AUTHORITY, role: READONLY },
      { address: keys.openOrders, role: WRITABLE },
      { address: keys.coinVault, role: WRITABLE },
      { address: keys.pcVault, role: WRITABLE },
      { address: keys.marketProgram, role: READONLY },
      { address: keys.market, role: WRITABLE },
      { address: filled(4), role: WRITABLE },
      { address: filled(5), role: WRITABLE },
      { address: filled(3), role: WRITABLE },
      { address: filled(1), role: WRITABLE },
      { address: filled(2), role: WRITABLE },
      { address: programAddress([addressToBytes(keys.market), nonce], keys.marketProgram), role: READONLY },
      { address: wallet.inputAccount, role: WRITABLE },
      { address: wallet.outputAccount, role: WRITABLE },
      { address: wallet.owner, role: READONLY_SIGNER },
    ]);
  });
});

describe('the paper program on a pool with an order book', () => {
  const ask = { swapMode: 'ExactIn', forward: true, amount: 1_000_000_007n } as const;
  const worldWith = (venue: Venue) => {
    const accounts = new Map(file.accounts);
    for (const account of [withStatus(1n), openOrders(), market()]) accounts.set(account.address, account);
    return withWallet(venue, { ...file, accounts });
  };

  it('fills a v1 swap as quoted, whether or not it names the target orders', () => {
    const quoted = quoteOf(worldWith(ammV4Venue), ask);
    expect(quoted).toMatchObject({ ok: true, ...moved(worldWith(ammV4Venue), ask) });
    const targetOrders = { address: keys.targetOrders, isSigner: false, isWritable: true };
    const longer = worldWith(ammV4Venue);
    swap(longer, ask, (metas) => metas.toSpliced(4, 0, targetOrders));
    expect(PLENTY - balance(longer, walletAccounts(ask)[0])).toBe(ask.amount);
    const tooLong = (metas: PaperAccountMeta[]) => metas.toSpliced(4, 0, targetOrders, targetOrders);
    expect(errorOf(() => swap(worldWith(ammV4Venue), ask, tooLong))).toEqual({ custom: 0x18 });
  });

  it('refuses a v2 swap, as the builds that know both do', () => {
    const forced = Object.create(ammV4Venue) as typeof ammV4Venue;
    forced.swapInstruction = (pool, order) =>
      ammV4SwapInstruction({ address: pool.address, keys, market: null }, order, 'v2');
    expect(errorOf(() => swap(worldWith(forced), ask))).toEqual({ custom: 0x16 });
  });
});
