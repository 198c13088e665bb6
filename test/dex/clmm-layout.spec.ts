import { decodeClmmConfig, encodeClmmConfig, isClmmConfig } from '../../src/dex/venues/raydium-clmm/layout/config.js';
import { decodeClmmKeys, decodeClmmPool, encodeClmmPool } from '../../src/dex/venues/raydium-clmm/layout/pool.js';
import {
  decodeTickArray,
  decodeTickGrowth,
  encodeTickArray,
  isTickArray,
  withTickChanges,
} from '../../src/dex/venues/raydium-clmm/layout/tick-array.js';
import { U128_MAX, U64_MAX } from '../../src/kernel/math.js';
import { expectField, expectFields, type Field, poolBytes } from './layout-fields.js';
import { recordedPools } from './recorded-pools.js';

/** Real: layouts, on account bytes of the real program. Where a field stands was written down by hand from the program's source. */
const clmm = (data: Uint8Array) => decodeClmmPool(data, decodeClmmKeys(data));

describe('a CLMM pool', () => {
  const fields: Field[] = [
    ['bump', 8, 'u8'],
    ['keys.config', 9, 'key'],
    ['keys.creator', 41, 'key'],
    ['keys.mint0', 73, 'key'],
    ['keys.mint1', 105, 'key'],
    ['keys.vault0', 137, 'key'],
    ['keys.vault1', 169, 'key'],
    ['keys.observation', 201, 'key'],
    ['decimals0', 233, 'u8'],
    ['decimals1', 234, 'u8'],
    ['tickSpacing', 235, 'u16'],
    ['liquidity', 237, 'u128'],
    ['sqrtPrice', 253, 'u128'],
    ['tick', 269, 'i32'],
    ['feeGrowth0', 277, 'u128'],
    ['feeGrowth1', 293, 'u128'],
    ['protocolFees0', 309, 'u64'],
    ['protocolFees1', 317, 'u64'],
    ['status', 389, 'u8'],
    ['feeOn', 390, 'u8'],
    ['fundFees0', 1064, 'u64'],
    ['fundFees1', 1072, 'u64'],
    ['openTime', 1080, 'u64'],
    ['recentEpoch', 1088, 'u64'],
    ['dynamicFee.filterPeriod', 1096, 'u16'],
    ['dynamicFee.decayPeriod', 1098, 'u16'],
    ['dynamicFee.reduction', 1100, 'u16'],
    ['dynamicFee.control', 1102, 'u32'],
    ['dynamicFee.maximumVolatility', 1106, 'u32'],
    ['dynamicFee.referenceIndex', 1110, 'i32'],
    ['dynamicFee.volatilityReference', 1114, 'u32'],
    ['dynamicFee.volatility', 1118, 'u32'],
    ['dynamicFee.lastUpdate', 1122, 'u64'],
  ];
  // Without the bitmap, which is bytes and no field; with a dynamic fee, which no recorded pool has.
  const decode = (data: Uint8Array) => {
    const { arrayBitmap, ...state } = clmm(data);
    expect(arrayBitmap).toEqual(data.subarray(904, 1032));
    return state;
  };
  const data = poolBytes('raydium-clmm', 'spacing10-5bps.json');
  data[1096] = 1;

  it.each(fields)('has %s at %i', (...field) => expectField(decode, data, field));

  it('has no other field', () => expectFields(decode(data), fields));
});

describe('account layouts of the CLMM', () => {
  it.each([...recordedPools('raydium-clmm')])(
    'give back the bytes of the pool and the tick arrays in %s',
    (_, file) => {
      const { data } = file.accounts.get(file.pool)!;
      const state = clmm(data);
      expect(encodeClmmPool(state, data)).toEqual(data);
      expect(clmm(encodeClmmPool(state))).toEqual(state);
      const configData = file.accounts.get(state.keys.config)!.data;
      expect(isClmmConfig(configData)).toBe(true);
      const config = decodeClmmConfig(configData);
      expect(decodeClmmConfig(encodeClmmConfig(config))).toEqual(config);
      for (const account of [...file.accounts.values()].filter((found) => isTickArray(found.data))) {
        const array = decodeTickArray(account.data);
        expect(array.pool).toBe(file.pool);
        expect(array.ticks.length).toBeGreaterThan(0);
        const untouched = array.ticks.map(({ place, orders }) => {
          return { place, growth: decodeTickGrowth(account.data, place), orders, isCleared: false };
        });
        const epoch = new DataView(account.data.buffer).getBigUint64(10_125, true);
        expect(withTickChanges(account.data, untouched, epoch)).toEqual({ data: account.data, isEmpty: false });
      }
    },
  );

  it('keep the fields of a CLMM pool and its ticks apart at the ends of their ranges', () => {
    const file = [...recordedPools('raydium-clmm').values()][0]!;
    const extreme = {
      ...clmm(file.accounts.get(file.pool)!.data),
      liquidity: U128_MAX,
      sqrtPrice: 0n,
      tick: -443_636,
      feeGrowth0: U128_MAX,
      feeGrowth1: 0n,
      protocolFees0: U64_MAX,
      protocolFees1: 1n,
      status: 255,
      feeOn: 2,
      fundFees0: 0n,
      fundFees1: U64_MAX,
      openTime: U64_MAX,
      recentEpoch: 0n,
      dynamicFee: {
        filterPeriod: 65_535,
        decayPeriod: 0,
        reduction: 65_535,
        control: 0,
        maximumVolatility: 0xffff_ffff,
        referenceIndex: -0x8000_0000,
        volatilityReference: 0,
        volatility: 0xffff_ffff,
        lastUpdate: U64_MAX,
      },
    };
    expect(clmm(encodeClmmPool(extreme))).toEqual(extreme);
    const orders = { phase: U64_MAX, unfilled: 1n, partFilled: U64_MAX - 1n, unfilledRatio: U128_MAX };
    const planned = [
      { tick: -600, liquidityNet: -(1n << 127n), liquidityGross: U128_MAX },
      { tick: -10, liquidityNet: (1n << 127n) - 1n, liquidityGross: 0n, orders },
    ];
    expect(decodeTickArray(encodeTickArray(file.pool, -600, 10, planned))).toEqual({
      pool: file.pool,
      start: -600,
      ticks: [
        { place: 0, tick: -600, liquidityNet: -(1n << 127n), hasLiquidity: true, orders: null },
        { place: 59, tick: -10, liquidityNet: (1n << 127n) - 1n, hasLiquidity: false, orders },
      ],
    });
  });
});
