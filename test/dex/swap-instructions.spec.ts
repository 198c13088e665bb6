import { AccountRole } from '@solana/kit';
import { address } from '../../src/kernel/address.js';
import type { Pool } from '../../src/dex/domain/pool.js';
import type { SwapOrder } from '../../src/dex/domain/swap.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import { DammV2Pool } from '../../src/dex/venues/meteora-damm-v2/math/pool.js';
import type { AmmV4Pool } from '../../src/dex/venues/raydium-amm-v4/math.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import { CLMM_PROGRAM } from '../../src/dex/venues/raydium-clmm/instructions.js';
import type { ClmmPool } from '../../src/dex/venues/raydium-clmm/math/pool.js';
import type { CpmmPool } from '../../src/dex/venues/raydium-cpmm/math.js';
import { ammV4Venue, clmmVenue, cpmmVenue, dammV2Venue, decoded, recordedPools } from './recorded-pools.js';

/** Real: instruction builders, on recorded pools. The wallet is made up. */
const wallet = {
  owner: address('SysvarC1ock11111111111111111111111111111111'),
  inputAccount: address('SysvarRent111111111111111111111111111111111'),
  outputAccount: address('SysvarS1otHashes111111111111111111111111111'),
};
const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const TOKEN_2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
const { READONLY, WRITABLE, READONLY_SIGNER } = AccountRole;

const cpmm = decoded(cpmmVenue, recordedPools('raydium-cpmm').get('t22-fee-on-first.json')!) as CpmmPool;
const ammV4 = decoded(ammV4Venue, recordedPools('raydium-amm-v4').get('status6.json')!) as AmmV4Pool;
const clmm = decoded(clmmVenue, recordedPools('raydium-clmm').get('spacing10-5bps.json')!) as ClmmPool;
const damm = decoded(dammV2Venue, recordedPools('meteora-damm-v2').get('linear-schedule-t22-fee.json')!) as DammV2Pool;

function orderOn(
  mints: readonly [SwapOrder['inputMint'], SwapOrder['inputMint']],
  fields: Partial<SwapOrder>,
): SwapOrder {
  return {
    swapMode: 'ExactIn',
    inputMint: mints[0],
    outputMint: mints[1],
    amount: 0x0102n,
    otherAmountThreshold: 0x03n,
    ...wallet,
    ...fields,
  };
}

const hex = (venue: Venue, pool: Pool, fields: Partial<SwapOrder>) =>
  Buffer.from(venue.swapInstruction(pool, orderOn(pool.mints, fields)).data!).toString('hex');

describe('the CPMM swap instruction', () => {
  it('has the discriminator and amounts of its mode', () => {
    expect(hex(cpmmVenue, cpmm, {})).toBe('8fbe5adac41e33de' + '0201000000000000' + '0300000000000000');
    expect(hex(cpmmVenue, cpmm, { swapMode: 'ExactOut' })).toBe(
      '37d96256a34ab4ad' + '0300000000000000' + '0201000000000000',
    );
  });

  it("lists the program's thirteen accounts in order, sides following the direction", () => {
    const { keys } = cpmm.state;
    const reverse = orderOn([cpmm.mints[1], cpmm.mints[0]], {});
    const { accounts, programAddress } = cpmmVenue.swapInstruction(cpmm, reverse);
    expect(programAddress).toBe('CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C');
    expect(accounts).toEqual([
      { address: wallet.owner, role: READONLY_SIGNER },
      { address: 'GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL', role: READONLY },
      { address: keys.config, role: READONLY },
      { address: cpmm.address, role: WRITABLE },
      { address: wallet.inputAccount, role: WRITABLE },
      { address: wallet.outputAccount, role: WRITABLE },
      { address: keys.vault1, role: WRITABLE },
      { address: keys.vault0, role: WRITABLE },
      { address: TOKEN, role: READONLY },
      { address: TOKEN_2022, role: READONLY },
      { address: keys.mint1, role: READONLY },
      { address: keys.mint0, role: READONLY },
      { address: keys.observation, role: WRITABLE },
    ]);
  });
});

describe('the AMM v4 swap instruction', () => {
  const v2 = new RaydiumAmmV4Venue({ programAccounts: () => Promise.resolve([]) }, 'v2');
  const { keys } = ammV4.state;
  const pool = { address: ammV4.address, role: WRITABLE };
  const vaults = [
    { address: keys.coinVault, role: WRITABLE },
    { address: keys.pcVault, role: WRITABLE },
  ];
  const head = [
    { address: TOKEN, role: READONLY },
    pool,
    { address: '5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1', role: READONLY },
  ];
  const tail = [
    { address: wallet.inputAccount, role: WRITABLE },
    { address: wallet.outputAccount, role: WRITABLE },
    { address: wallet.owner, role: READONLY_SIGNER },
  ];

  it('has the tag of its version and mode, and amounts in the order of the mode', () => {
    expect(hex(ammV4Venue, ammV4, {})).toBe('09' + '0201000000000000' + '0300000000000000');
    expect(hex(ammV4Venue, ammV4, { swapMode: 'ExactOut' })).toBe('0b' + '0300000000000000' + '0201000000000000');
    expect(hex(v2, ammV4, {})).toBe('10' + '0201000000000000' + '0300000000000000');
    expect(hex(v2, ammV4, { swapMode: 'ExactOut' })).toBe('11' + '0300000000000000' + '0201000000000000');
  });

  it.each([
    ['seventeen accounts of v1, the pool standing for the market that it has not', ammV4Venue, [pool], 8],
    ['eight accounts of v2', v2, [], 0],
  ] as const)('lists the %s, vaults in the order of the pool whatever the direction', (_, venue, orders, slots) => {
    const expected = [...head, ...orders, ...vaults, ...Array.from({ length: slots }, () => pool), ...tail];
    const [coin, pc] = ammV4.mints;
    expect(venue.swapInstruction(ammV4, orderOn([coin, pc], {})).accounts).toEqual(expected);
    expect(venue.swapInstruction(ammV4, orderOn([pc, coin], {}))).toMatchObject({
      programAddress: '675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8',
      accounts: expected,
    });
  });
});

describe('the CLMM swap instruction', () => {
  const amounts = '0201000000000000' + '0300000000000000' + '00'.repeat(16);

  it('is swap_v2 without a price limit, the fixed amount first', () => {
    expect(hex(clmmVenue, clmm, {})).toBe('2b04ed0b1ac91e62' + amounts + '01');
    expect(hex(clmmVenue, clmm, { swapMode: 'ExactOut' })).toBe('2b04ed0b1ac91e62' + amounts + '00');
  });

  it("lists the program's thirteen accounts in order, sides following the direction", () => {
    const { keys } = clmm.state;
    const reverse = orderOn([clmm.mints[1], clmm.mints[0]], {});
    const { accounts = [], programAddress } = clmmVenue.swapInstruction(clmm, reverse);
    expect(programAddress).toBe('CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK');
    expect(accounts.slice(0, 13)).toEqual([
      { address: wallet.owner, role: READONLY_SIGNER },
      { address: keys.config, role: READONLY },
      { address: clmm.address, role: WRITABLE },
      { address: wallet.inputAccount, role: WRITABLE },
      { address: wallet.outputAccount, role: WRITABLE },
      { address: keys.vault1, role: WRITABLE },
      { address: keys.vault0, role: WRITABLE },
      { address: keys.observation, role: WRITABLE },
      { address: TOKEN, role: READONLY },
      { address: TOKEN_2022, role: READONLY },
      { address: 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr', role: READONLY },
      { address: keys.mint1, role: READONLY },
      { address: keys.mint0, role: READONLY },
    ]);
  });

  it.each([...recordedPools('raydium-clmm').values()].map((file) => [file.pool, file] as const))(
    'on %s names the arrays of the quote in travel order, then at most a spare one, all of the pool',
    (_, file) => {
      const pool = decoded(clmmVenue, file) as ClmmPool;
      for (const recorded of file.cases) {
        const quote = pool.quote(recorded, file.time);
        if (!quote.ok || quote.path === undefined) continue;
        const outputMint = pool.mints.find((mint) => mint !== recorded.inputMint)!;
        const order = orderOn([recorded.inputMint, outputMint], { path: quote.path });
        const remaining = (clmmVenue.swapInstruction(pool, order).accounts ?? []).slice(13);
        expect(remaining.every(({ role }) => role === WRITABLE)).toBe(true);
        const sizes = remaining.map(({ address: key }) => file.accounts.get(key)?.data.length);
        const isExtended = sizes[0] === 1832;
        const arrays = remaining.slice(isExtended ? 1 : 0).map(({ address: key }) => key);
        expect(arrays.slice(0, quote.path.arrays.length)).toEqual(quote.path.arrays);
        expect(arrays.length - quote.path.arrays.length).toBeLessThanOrEqual(1);
        expect(arrays.length).toBeLessThanOrEqual(8);
        expect(arrays.every((key) => file.accounts.get(key)?.owner === CLMM_PROGRAM)).toBe(true);
      }
    },
  );

  it('names the bitmap extension where the way leads out of the bitmap of the pool, and only there', () => {
    const isNamed = (name: string, inputSide: 0 | 1) => {
      const file = recordedPools('raydium-clmm').get(name)!;
      const pool = decoded(clmmVenue, file);
      const order = orderOn([pool.mints[inputSide], pool.mints[1 - inputSide]!], {});
      const accounts = clmmVenue.swapInstruction(pool, order).accounts ?? [];
      return accounts.some(({ address: key }) => file.accounts.get(key)?.data.length === 1832);
    };
    expect(isNamed('spacing1-bitmap-extension.json', 0) || isNamed('spacing1-bitmap-extension.json', 1)).toBe(true);
    expect([isNamed('t22-fee-spacing60.json', 0), isNamed('t22-fee-spacing60.json', 1)]).toEqual([false, false]);
  });

  it('asks for more compute the further a swap goes, and for no more than a transaction may have', () => {
    const arrays = [clmm.address];
    expect(clmmVenue.computeUnitLimit({ arrays, steps: 0 })).toBe(105_000);
    expect(clmmVenue.computeUnitLimit({ arrays, steps: 3 })).toBe(180_000);
    expect(clmmVenue.computeUnitLimit({ arrays, steps: 500 })).toBe(1_400_000);
  });

  it('reads errors by the logged name, and by number as far as both numberings of the program agree', () => {
    const meanings = (codes: readonly number[]) => codes.map((code) => clmmVenue.errorMeaning(code));
    expect(clmmVenue.errorMeaning(6022, 'TooLittleOutputReceived')).toBe('slippage-exceeded');
    expect(clmmVenue.errorMeaning(6018, 'TooLittleOutputReceived')).toBe('slippage-exceeded');
    expect(clmmVenue.errorMeaning(6019, 'TooMuchInputPaid')).toBe('slippage-exceeded');
    expect(clmmVenue.errorMeaning(6019, 'LiquidityInsufficient')).toBe('pool-refused');
    expect(clmmVenue.errorMeaning(6022, 'TooSmallInputOrOutputAmount')).toBe('pool-refused');
    expect(clmmVenue.errorMeaning(2003, 'ConstraintRaw')).toBe('unknown');
    expect(meanings([6018, 6022])).toEqual(['slippage-exceeded', 'slippage-exceeded']);
    expect(meanings([6019, 6023, 2501, 6001, 6000])).toEqual(Array.from({ length: 5 }, () => 'pool-refused'));
    expect(meanings([1, 6021, 6025, 9999])).toEqual(['insufficient-funds', 'unknown', 'unknown', 'unknown']);
  });
});

describe('the DAMM v2 swap instruction', () => {
  it('is swap2 with the amounts in the order of its mode', () => {
    const amounts = '0201000000000000' + '0300000000000000';
    expect(hex(dammV2Venue, damm, {})).toBe('414b3f4ceb5b5b88' + amounts + '00');
    expect(hex(dammV2Venue, damm, { swapMode: 'ExactOut' })).toBe('414b3f4ceb5b5b88' + amounts + '02');
  });

  it("lists the program's fourteen accounts in the pool's own order, whatever the direction", () => {
    const { keys } = damm.state;
    const program = 'cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG';
    const expected = [
      { address: 'HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC', role: READONLY },
      { address: damm.address, role: WRITABLE },
      { address: wallet.inputAccount, role: WRITABLE },
      { address: wallet.outputAccount, role: WRITABLE },
      { address: keys.vaultA, role: WRITABLE },
      { address: keys.vaultB, role: WRITABLE },
      { address: keys.mintA, role: READONLY },
      { address: keys.mintB, role: READONLY },
      { address: wallet.owner, role: READONLY_SIGNER },
      { address: TOKEN_2022, role: READONLY },
      { address: TOKEN, role: READONLY },
      { address: program, role: READONLY },
      { address: '3rmHSu74h1ZcmAisVcWerTCiRDQbUrBKmcwptYGjHfet', role: READONLY },
      { address: program, role: READONLY },
    ];
    const [a, b] = damm.mints;
    expect(dammV2Venue.swapInstruction(damm, orderOn([a, b], {})).accounts).toEqual(expected);
    expect(dammV2Venue.swapInstruction(damm, orderOn([b, a], {})).accounts).toEqual(expected);
  });

  it('shows the instructions sysvar to pools with a rate limiter', () => {
    const baseFee = {
      kind: 'rate-limiter',
      cliff: 1n,
      incrementBps: 1,
      duration: 1,
      maximumBps: 1,
      referenceAmount: 1n,
    } as const;
    const state = { ...damm.state, baseFee };
    const limited = new DammV2Pool({ address: damm.address, state, transferFees: [null, null] });
    expect(dammV2Venue.swapInstruction(limited, orderOn(damm.mints, {})).accounts?.[14]).toEqual({
      address: 'Sysvar1nstructions1111111111111111111111111',
      role: READONLY,
    });
  });
});

describe('a venue', () => {
  it("refuses to build on another venue's pool", () => {
    expect(() => cpmmVenue.swapInstruction(damm, orderOn(damm.mints, {}))).toThrow(/not one of raydium/);
    expect(() => ammV4Venue.swapInstruction(cpmm, orderOn(cpmm.mints, {}))).toThrow(/not one of raydium amm v4/);
    expect(() => clmmVenue.swapInstruction(cpmm, orderOn(cpmm.mints, {}))).toThrow(/not one of raydium clmm/);
    expect(() => dammV2Venue.swapInstruction(cpmm, orderOn(cpmm.mints, {}))).toThrow(/not one of meteora/);
  });

  it('knows which error numbers mean slippage, missing funds or a closed pool', () => {
    expect([6005, 1, 6000, 9999].map((code) => cpmmVenue.errorMeaning(code))).toEqual([
      'slippage-exceeded',
      'insufficient-funds',
      'pool-refused',
      'unknown',
    ]);
    expect([0x1e, 0x28, 0x16, 9999].map((code) => ammV4Venue.errorMeaning(code))).toEqual([
      'slippage-exceeded',
      'insufficient-funds',
      'pool-refused',
      'unknown',
    ]);
    expect([6002, 1, 6003, 9999].map((code) => dammV2Venue.errorMeaning(code))).toEqual([
      'slippage-exceeded',
      'insufficient-funds',
      'pool-refused',
      'unknown',
    ]);
  });
});
