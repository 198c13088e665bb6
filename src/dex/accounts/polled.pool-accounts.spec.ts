import { numberedAddress } from '../../../test/support/curve-pool.js';
import { EngineError } from '../../kernel/errors.js';
import { type Address, addressFromBytes } from '../../kernel/address.js';
import type { Account } from '../../chain/account.js';
import type { AccountsAtSlot } from '../../chain/chain-client.js';
import { SYSTEM_PROGRAM } from '../../chain/programs.js';
import { SystemClock } from '../../platform/time/system.clock.js';
import { COOLS_AFTER_MS } from './hot-accounts.js';
import { PolledPoolAccounts } from './polled.pool-accounts.js';

/** Real: the polled accounts. Fake: the timers, and a ledger whose accounts hold the slot at which they were read. */
const [A, B, C] = [1, 2, 3].map(numberedAddress) as [Address, Address, Address];
const MAX_AGE_SLOTS = 5;
/** The pace is known after a second of reads. */
const WARM_MS = 1_500;

class Ledger {
  readonly calls: (readonly Address[])[] = [];
  isAway = false;
  /** Slots by which the second of two calls of one moment is ahead. */
  gap = 0n;

  constructor(private readonly slotMs: number) {}

  get slot(): bigint {
    return 1_000n + BigInt(Math.floor(performance.now() / this.slotMs));
  }

  accounts(addresses: readonly Address[]): Promise<AccountsAtSlot> {
    this.calls.push(addresses);
    if (this.isAway) return Promise.reject(new EngineError('chain-unavailable', 'away'));
    const contextSlot = this.slot + (addresses.includes(numberedAddress(150)) ? this.gap : 0n);
    const account = (address: Address): Account => ({
      address,
      owner: SYSTEM_PROGRAM,
      lamports: contextSlot,
      data: new Uint8Array(),
    });
    return Promise.resolve({ contextSlot, accounts: addresses.map((each) => (each === C ? null : account(each))) });
  }
}

function polled({ slotMs = 400, maxAgeSlots = MAX_AGE_SLOTS } = {}) {
  const ledger = new Ledger(slotMs);
  const accounts = new PolledPoolAccounts(ledger, new SystemClock(), maxAgeSlots);
  const warm = async (addresses: readonly Address[]) => {
    await accounts.read(addresses);
    await jest.advanceTimersByTimeAsync(WARM_MS);
    ledger.calls.length = 0;
  };
  return { ledger, accounts, warm };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('accounts that are kept fresh', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.clearAllTimers();
    jest.useRealTimers();
  });

  it('are served without a call once they are warm, all of one slot', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A, B]);
    const { contextSlot, accounts: found } = await accounts.read([B, A]);
    expect(ledger.calls).toEqual([]);
    expect([...found.values()].map(({ lamports }) => lamports)).toEqual([contextSlot, contextSlot]);
    expect(ledger.slot - contextSlot).toBeLessThanOrEqual(1n);
  });

  it('are polled once a slot, whoever asks how often', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A, B]);
    for (let i = 0; i < 400; i++) {
      await accounts.read(i % 2 === 0 ? [A] : [A, B]);
      await pass(10);
    }
    expect(ledger.calls.length).toBeLessThanOrEqual(11);
    expect(ledger.calls.length).toBeGreaterThanOrEqual(9);
  });

  it('include those that do not exist', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A, C]);
    expect((await accounts.read([A, C])).accounts.has(C)).toBe(false);
    expect(ledger.calls).toEqual([]);
  });

  it.each([10, 50, 133, 400, 1_000])('are never older than allowed on slots of %i ms', async (slotMs) => {
    const { ledger, accounts } = polled({ slotMs });
    let newest = 0n;
    for (let i = 0; i < 300; i++) {
      const { contextSlot } = await accounts.read([A, B]);
      expect(ledger.slot - contextSlot).toBeLessThanOrEqual(BigInt(MAX_AGE_SLOTS));
      expect(contextSlot).toBeGreaterThanOrEqual(newest);
      newest = contextSlot;
      await pass(17);
    }
  });

  it('are read at once when one is asked for that is not warm, with all the others, so that slots never go back', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A]);
    await pass(390);
    ledger.calls.length = 0;
    const { contextSlot } = await accounts.read([B]);
    expect(contextSlot).toBe(ledger.slot);
    expect(ledger.calls).toEqual([[A, B]]);
    expect((await accounts.read([A])).contextSlot).toBe(contextSlot);
  });

  it('are asked for every time when no quote may be old', async () => {
    const { ledger, accounts, warm } = polled({ maxAgeSlots: 0 });
    await warm([A]);
    await accounts.read([A]);
    expect(ledger.calls).toHaveLength(1);
  });

  it('cool down when nobody asks', async () => {
    const { ledger, warm } = polled();
    await warm([A]);
    await pass(COOLS_AFTER_MS);
    ledger.calls.length = 0;
    await pass(10_000);
    expect(ledger.calls).toEqual([]);
  });

  it('cool down one by one', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A, B]);
    for (let i = 0; i < 70; i++) {
      await accounts.read([A]);
      await pass(1_000);
    }
    expect(ledger.calls.at(-1)).toEqual([A]);
  });

  it('are asked for by every reader while polls fail, who then hears of it, and warm again afterwards', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A]);
    ledger.isAway = true;
    await pass(2_000);
    await expect(accounts.read([A])).rejects.toMatchObject({ code: 'chain-unavailable' });
    ledger.isAway = false;
    await pass(2_000);
    ledger.calls.length = 0;
    const { contextSlot } = await accounts.read([A]);
    expect(ledger.slot - contextSlot).toBeLessThanOrEqual(1n);
    expect(ledger.calls).toEqual([]);
  });

  it('do not stand in the way of others when they can not be had at one slot', async () => {
    const { ledger, accounts, warm } = polled();
    await warm(Array.from({ length: 150 }, (_, i) => numberedAddress(i + 10)));
    ledger.gap = 1n;
    const { contextSlot, accounts: found } = await accounts.read([A]);
    expect([...found.keys()]).toEqual([A]);
    expect(contextSlot).toBe(ledger.slot);
  });

  it('are none of those that are too many at once to be kept, and the others stay warm', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A]);
    const many = Array.from({ length: 1_001 }, (_, i) =>
      addressFromBytes(
        new Uint8Array(32)
          .fill(255)
          .with(0, i >> 8)
          .with(1, i & 255),
      ),
    );
    expect((await accounts.read(many)).accounts.size).toBe(1_001);
    await pass(1_000);
    ledger.calls.length = 0;
    await accounts.read([A]);
    await pass(1_000);
    expect(ledger.calls.every((call) => call.length === 1)).toBe(true);
    ledger.calls.length = 0;
    await accounts.read([A]);
    expect(ledger.calls).toEqual([]);
  });

  it('are left alone after the stop', async () => {
    const { ledger, accounts, warm } = polled();
    await warm([A]);
    accounts.beforeApplicationShutdown();
    await pass(10_000);
    expect(ledger.calls).toEqual([]);
  });
});
