import { numberedAddress } from '../../../test/support/curve-pool.js';
import { addressFromBytes } from '../../kernel/address.js';
import { COOLS_AFTER_MS, HotAccounts } from './hot-accounts.js';

/** Real: everything. */
const [A, B] = [numberedAddress(1), numberedAddress(2)] as const;
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(32).fill(255);
    new DataView(bytes.buffer).setUint32(0, i);
    return addressFromBytes(bytes);
  });

describe('hot accounts', () => {
  it('are those that were asked for within the last minute, in the order of their first question', () => {
    const hot = new HotAccounts();
    hot.ask([A, B], 0);
    hot.ask([B], 1);
    hot.ask([A], 2);
    hot.coolDown(COOLS_AFTER_MS);
    expect(hot.addresses).toEqual([A, B]);
    hot.coolDown(COOLS_AFTER_MS + 1);
    expect(hot.addresses).toEqual([A]);
    hot.coolDown(COOLS_AFTER_MS + 2);
    expect(hot.addresses).toEqual([]);
  });

  it('are a thousand at most: those that were asked for the longest ago cool down first', () => {
    const hot = new HotAccounts();
    hot.ask([A], 1);
    hot.ask(many(999), 2);
    hot.coolDown(3);
    expect(hot.addresses).toHaveLength(1_000);
    hot.ask([B], 3);
    hot.coolDown(3);
    expect(hot.addresses).toHaveLength(1_000);
    expect(hot.addresses).not.toContain(A);
  });

  it('stay a thousand when more are asked for at one time', () => {
    const hot = new HotAccounts();
    hot.ask(many(700), 1);
    hot.ask([A, ...many(1_300).slice(700)], 1);
    hot.coolDown(1);
    expect(hot.addresses).toHaveLength(1_000);
  });
});
