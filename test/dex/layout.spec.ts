import { decodeDammV2Keys, decodeDammV2Pool, encodeDammV2Pool } from '../../src/dex/venues/meteora-damm-v2/layout.js';
import type { BaseFee } from '../../src/dex/venues/meteora-damm-v2/layout.js';
import { decodeAmmV4Keys, decodeAmmV4Pool, encodeAmmV4Pool } from '../../src/dex/venues/raydium-amm-v4/layout.js';
import {
  decodeCpmmConfig,
  decodeCpmmKeys,
  decodeCpmmPool,
  encodeCpmmConfig,
  encodeCpmmPool,
} from '../../src/dex/venues/raydium-cpmm/layout.js';
import { U128_MAX, U64_MAX } from '../../src/kernel/math.js';
import { recordedPools } from './recorded-pools.js';

/** Real: layouts, on account bytes of the real programs. */
const damm = (data: Uint8Array) => decodeDammV2Pool(data, decodeDammV2Keys(data));
const ammV4 = (data: Uint8Array) => decodeAmmV4Pool(data, decodeAmmV4Keys(data));
const cpmm = (data: Uint8Array) => decodeCpmmPool(data, decodeCpmmKeys(data));

describe('account layouts', () => {
  it.each([...recordedPools('raydium-cpmm')])('give back the bytes of the pool in %s', (_, file) => {
    const { data } = file.accounts.get(file.pool)!;
    const state = cpmm(data);
    expect(encodeCpmmPool(state, data)).toEqual(data);
    expect(cpmm(encodeCpmmPool(state))).toEqual(state);
    const config = decodeCpmmConfig(file.accounts.get(state.keys.config)!.data);
    expect(decodeCpmmConfig(encodeCpmmConfig(config))).toEqual(config);
  });

  it.each([...recordedPools('meteora-damm-v2')])('give back the bytes of the pool in %s', (_, file) => {
    const { data } = file.accounts.get(file.pool)!;
    const state = damm(data);
    expect(encodeDammV2Pool(state, data)).toEqual(data);
    expect(damm(encodeDammV2Pool(state))).toEqual(state);
  });

  it.each([...recordedPools('raydium-amm-v4')])('give back the bytes of the pool in %s', (_, file) => {
    const { data } = file.accounts.get(file.pool)!;
    const state = ammV4(data);
    expect(encodeAmmV4Pool(state, data)).toEqual(data);
    expect(ammV4(encodeAmmV4Pool(state))).toEqual(state);
  });

  it('keep every field of an AMM v4 pool apart', () => {
    const file = [...recordedPools('raydium-amm-v4').values()][0]!;
    const { keys, ...state } = ammV4(file.accounts.get(file.pool)!.data);
    const distinct = Object.fromEntries(Object.keys(state).map((name, i) => [name, U64_MAX - BigInt(i)]));
    const extreme = { ...state, ...distinct, swapCoinIn: U128_MAX, swapPcOut: 1n, swapPcIn: U128_MAX - 1n, keys };
    expect(ammV4(encodeAmmV4Pool(extreme))).toEqual(extreme);
  });

  it('keep fields at the ends of their ranges apart', () => {
    const file = [...recordedPools('raydium-cpmm').values()][0]!;
    const state = cpmm(file.accounts.get(file.pool)!.data);
    const extreme = {
      ...state,
      status: 255,
      lpSupply: U64_MAX,
      protocolFees0: 0n,
      protocolFees1: U64_MAX,
      fundFees0: 1n,
      fundFees1: U64_MAX - 1n,
      openTime: U64_MAX,
      recentEpoch: 0n,
      creatorFeeOn: 2,
      enableCreatorFee: true,
      creatorFees0: U64_MAX,
      creatorFees1: 0n,
    };
    expect(cpmm(encodeCpmmPool(extreme))).toEqual(extreme);
  });

  const schedule = { cliff: U64_MAX, periods: 65_535, frequency: 1n, reduction: U64_MAX - 1n };
  const marketCap = { cliff: 1n, periods: 1, sqrtPriceStepBps: 0xffff_ffff, duration: 0, reduction: U64_MAX };
  const fees: BaseFee[] = [
    { kind: 'time-linear', ...schedule },
    { kind: 'time-exponential', ...schedule },
    {
      kind: 'rate-limiter',
      cliff: 0n,
      incrementBps: 65_535,
      duration: 0xffff_ffff,
      maximumBps: 1,
      referenceAmount: U64_MAX,
    },
    { kind: 'market-cap-linear', ...marketCap },
    { kind: 'market-cap-exponential', ...marketCap },
  ];

  it.each(fees)('hold a base fee of kind $kind', (baseFee) => {
    const file = [...recordedPools('meteora-damm-v2').values()][0]!;
    const state = { ...damm(file.accounts.get(file.pool)!.data), baseFee };
    expect(damm(encodeDammV2Pool(state))).toEqual(state);
  });

  it('read an unknown base-fee mode as null', () => {
    const file = [...recordedPools('meteora-damm-v2').values()][0]!;
    const data = Uint8Array.from(file.accounts.get(file.pool)!.data);
    data[16] = 5;
    expect(damm(data).baseFee).toBeNull();
  });
});
