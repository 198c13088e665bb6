import { AccountRole } from '@solana/kit';
import { address } from '../../src/kernel/address.js';
import type { Pool } from '../../src/dex/domain/pool.js';
import type { SwapOrder } from '../../src/dex/domain/swap.js';
import type { Venue } from '../../src/dex/domain/venue.js';
import { DammV2Pool } from '../../src/dex/venues/meteora-damm-v2/math/pool.js';
import type { AmmV4Pool } from '../../src/dex/venues/raydium-amm-v4/math.js';
import { RaydiumAmmV4Venue } from '../../src/dex/venues/raydium-amm-v4/venue.js';
import type { CpmmPool } from '../../src/dex/venues/raydium-cpmm/math.js';
import { ammV4Venue, cpmmVenue, dammV2Venue, decoded, recordedPools } from './recorded-pools.js';

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
