import { U64_MAX } from '../../src/kernel/math.js';
import {
  type BaseFee,
  decodeDammV2Keys,
  decodeDammV2Pool,
  encodeDammV2Pool,
} from '../../src/dex/venues/meteora-damm-v2/layout.js';
import {
  decodeAmmV4Keys,
  decodeAmmV4Pool,
  decodeMarket,
  decodeOpenOrders,
  encodeAmmV4Pool,
} from '../../src/dex/venues/raydium-amm-v4/layout.js';
import {
  decodeCpmmConfig,
  decodeCpmmKeys,
  decodeCpmmPool,
  encodeCpmmConfig,
  encodeCpmmPool,
} from '../../src/dex/venues/raydium-cpmm/layout.js';
import { expectField, expectFields, type Field, poolBytes } from './layout-fields.js';
import { recordedPools } from './recorded-pools.js';

/** Real: layouts, on account bytes of the real programs. Where a field stands was written down by hand from the programs' sources. */
const damm = (data: Uint8Array) => decodeDammV2Pool(data, decodeDammV2Keys(data));
const ammV4 = (data: Uint8Array) => decodeAmmV4Pool(data, decodeAmmV4Keys(data));
const cpmm = (data: Uint8Array) => decodeCpmmPool(data, decodeCpmmKeys(data));

describe('a CPMM pool', () => {
  const fields: Field[] = [
    ['keys.config', 8, 'key'],
    ['keys.creator', 40, 'key'],
    ['keys.vault0', 72, 'key'],
    ['keys.vault1', 104, 'key'],
    ['keys.lpMint', 136, 'key'],
    ['keys.mint0', 168, 'key'],
    ['keys.mint1', 200, 'key'],
    ['keys.tokenProgram0', 232, 'key'],
    ['keys.tokenProgram1', 264, 'key'],
    ['keys.observation', 296, 'key'],
    ['authBump', 328, 'u8'],
    ['status', 329, 'u8'],
    ['lpDecimals', 330, 'u8'],
    ['decimals0', 331, 'u8'],
    ['decimals1', 332, 'u8'],
    ['lpSupply', 333, 'u64'],
    ['protocolFees0', 341, 'u64'],
    ['protocolFees1', 349, 'u64'],
    ['fundFees0', 357, 'u64'],
    ['fundFees1', 365, 'u64'],
    ['openTime', 373, 'u64'],
    ['recentEpoch', 381, 'u64'],
    ['creatorFeeOn', 389, 'u8'],
    ['enableCreatorFee', 390, 'bool'],
    ['creatorFees0', 397, 'u64'],
    ['creatorFees1', 405, 'u64'],
  ];
  const data = poolBytes('raydium-cpmm', 'spl-25bps.json');

  it.each(fields)('has %s at %i', (...field) => expectField(cpmm, data, field));

  it('has no other field', () => expectFields(cpmm(data), fields));

  it('keeps fields at the ends of their ranges when it is written', () => {
    const state = cpmm(data);
    const extreme = {
      ...state,
      status: 255,
      lpSupply: U64_MAX,
      protocolFees0: 0n,
      protocolFees1: U64_MAX,
      openTime: U64_MAX,
      creatorFeeOn: 2,
      enableCreatorFee: true,
      creatorFees0: U64_MAX,
      creatorFees1: 0n,
    };
    expect(cpmm(encodeCpmmPool(extreme))).toEqual(extreme);
  });
});

describe('a CPMM config', () => {
  const fields: Field[] = [
    ['index', 10, 'u16'],
    ['tradeRate', 12, 'u64'],
    ['protocolRate', 20, 'u64'],
    ['fundRate', 28, 'u64'],
    ['creatorRate', 108, 'u64'],
  ];
  const file = recordedPools('raydium-cpmm').get('spl-25bps.json')!;
  const { data } = file.accounts.get(cpmm(file.accounts.get(file.pool)!.data).keys.config)!;

  it.each(fields)('has %s at %i', (...field) => expectField(decodeCpmmConfig, data, field));

  it('has no other field, and reads as it was written', () => {
    const config = decodeCpmmConfig(data);
    expectFields(config, fields);
    expect(decodeCpmmConfig(encodeCpmmConfig(config))).toEqual(config);
  });
});

describe('an AMM v4 pool', () => {
  const fields: Field[] = [
    ['status', 0, 'u64'],
    ['nonce', 8, 'u64'],
    ['coinDecimals', 32, 'u64'],
    ['pcDecimals', 40, 'u64'],
    ['swapFeeNumerator', 176, 'u64'],
    ['swapFeeDenominator', 184, 'u64'],
    ['needTakePnlCoin', 192, 'u64'],
    ['needTakePnlPc', 200, 'u64'],
    ['poolOpenTime', 224, 'u64'],
    ['swapCoinIn', 256, 'u128'],
    ['swapPcOut', 272, 'u128'],
    ['swapPcFee', 288, 'u64'],
    ['swapPcIn', 296, 'u128'],
    ['swapCoinOut', 312, 'u128'],
    ['swapCoinFee', 328, 'u64'],
    ['keys.coinVault', 336, 'key'],
    ['keys.pcVault', 368, 'key'],
    ['keys.coinMint', 400, 'key'],
    ['keys.pcMint', 432, 'key'],
    ['keys.lpMint', 464, 'key'],
    ['keys.openOrders', 496, 'key'],
    ['keys.market', 528, 'key'],
    ['keys.marketProgram', 560, 'key'],
    ['keys.targetOrders', 592, 'key'],
    ['recentEpoch', 736, 'u64'],
  ];
  const data = poolBytes('raydium-amm-v4', 'status6.json');

  it.each(fields)('has %s at %i', (...field) => expectField(ammV4, data, field));

  it('has no other field, and keeps each apart when it is written', () => {
    const state = ammV4(data);
    expectFields(state, fields);
    const numbers = Object.keys(state).filter((name) => name !== 'keys');
    const distinct = { ...state, ...Object.fromEntries(numbers.map((name, i) => [name, U64_MAX - BigInt(i)])) };
    expect(ammV4(encodeAmmV4Pool(distinct))).toEqual(distinct);
  });
});

describe('the accounts of an OpenBook market', () => {
  const withHead = (size: number, flags: number) => {
    const data = new Uint8Array(size);
    data.set(Buffer.from('serum'));
    data[5] = flags;
    return data;
  };
  const orders = (data: Uint8Array) => decodeOpenOrders(data)!;
  const market = (data: Uint8Array) => decodeMarket(data)!;

  it.each<Field>([
    ['market', 13, 'key'],
    ['owner', 45, 'key'],
    ['coinTotal', 85, 'u64'],
    ['pcTotal', 101, 'u64'],
  ])('have %s at %i of the open orders', (...field) => expectField(orders, withHead(3228, 5), field));

  it.each<Field>([
    ['ownAddress', 13, 'key'],
    ['vaultSignerNonce', 45, 'u64'],
    ['coinVault', 117, 'key'],
    ['pcVault', 165, 'key'],
    ['eventQueue', 253, 'key'],
    ['bids', 285, 'key'],
    ['asks', 317, 'key'],
  ])('have %s at %i of the market', (...field) => expectField(market, withHead(388, 3), field));
});

describe('a DAMM v2 pool', () => {
  const shared: Field[] = [
    ['protocolFeePercent', 48, 'u8'],
    ['compoundingFeeBps', 54, 'u16'],
    ['dynamicFee.maximumVolatility', 64, 'u32'],
    ['dynamicFee.control', 68, 'u32'],
    ['dynamicFee.binStepBps', 72, 'u16'],
    ['dynamicFee.filterPeriod', 74, 'u16'],
    ['dynamicFee.decayPeriod', 76, 'u16'],
    ['dynamicFee.reductionBps', 78, 'u16'],
    ['dynamicFee.lastUpdate', 80, 'u64'],
    ['dynamicFee.binStepX64', 88, 'u128'],
    ['dynamicFee.sqrtPriceReference', 104, 'u128'],
    ['dynamicFee.volatility', 120, 'u128'],
    ['dynamicFee.volatilityReference', 136, 'u128'],
    ['initialSqrtPrice', 152, 'u128'],
    ['keys.mintA', 168, 'key'],
    ['keys.mintB', 200, 'key'],
    ['keys.vaultA', 232, 'key'],
    ['keys.vaultB', 264, 'key'],
    ['liquidity', 360, 'u128'],
    ['protocolFeeA', 392, 'u64'],
    ['protocolFeeB', 400, 'u64'],
    ['sqrtPriceMinimum', 424, 'u128'],
    ['sqrtPriceMaximum', 440, 'u128'],
    ['sqrtPrice', 456, 'u128'],
    ['activationPoint', 472, 'u64'],
    ['activationType', 480, 'u8'],
    ['status', 481, 'u8'],
    ['tokenFlagA', 482, 'u8'],
    ['tokenFlagB', 483, 'u8'],
    ['collectFeeMode', 484, 'u8'],
    ['poolType', 485, 'u8'],
    ['feeVersion', 486, 'u8'],
    ['reserveA', 680, 'u64'],
    ['reserveB', 688, 'u64'],
    ['layoutVersion', 696, 'u8'],
  ];
  const schedule: Field[] = [
    ['baseFee.cliff', 8, 'u64'],
    ['baseFee.periods', 22, 'u16'],
    ['baseFee.frequency', 24, 'u64'],
    ['baseFee.reduction', 32, 'u64'],
  ];
  const limiter: Field[] = [
    ['baseFee.cliff', 8, 'u64'],
    ['baseFee.incrementBps', 22, 'u16'],
    ['baseFee.duration', 24, 'u32'],
    ['baseFee.maximumBps', 28, 'u32'],
    ['baseFee.referenceAmount', 32, 'u64'],
  ];
  const marketCap: Field[] = [
    ['baseFee.cliff', 8, 'u64'],
    ['baseFee.periods', 22, 'u16'],
    ['baseFee.sqrtPriceStepBps', 24, 'u32'],
    ['baseFee.duration', 28, 'u32'],
    ['baseFee.reduction', 32, 'u64'],
  ];
  const data = poolBytes('meteora-damm-v2', 'dynamic-fee-only-b-range.json');
  const withMode = (mode: number) => data.slice().fill(mode, 16, 17);

  it.each(shared)('has %s at %i', (...field) => expectField(damm, data, field));

  describe.each([
    [0, 'time-linear', schedule],
    [1, 'time-exponential', schedule],
    [2, 'rate-limiter', limiter],
    [3, 'market-cap-linear', marketCap],
    [4, 'market-cap-exponential', marketCap],
  ] as const)('with a base fee of mode %i (%s)', (mode, kind, fields) => {
    it.each([...fields])('has %s at %i', (...field) => expectField(damm, withMode(mode), field));

    it('has no other field, and reads as it was written', () => {
      const state = damm(withMode(mode));
      expect(state.baseFee).toMatchObject({ kind } satisfies Partial<BaseFee>);
      expectFields(state, [...shared, ...fields, ['baseFee.kind', 16, 'u8']]);
      expect(damm(encodeDammV2Pool(state))).toEqual(state);
    });
  });

  it('has no volatility fee unless it is marked, and no base fee of an unknown mode', () => {
    expect(damm(data.slice().fill(0, 56, 57)).dynamicFee).toBeNull();
    expect(damm(withMode(5)).baseFee).toBeNull();
    const unmarked = { ...damm(data), dynamicFee: null };
    expect(damm(encodeDammV2Pool(unmarked, data))).toEqual(unmarked);
  });
});
