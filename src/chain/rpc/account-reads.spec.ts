import fc from 'fast-check';
import { type Address, addressFromBytes } from '../../kernel/address.js';
import type { Account } from '../account.js';
import type { AccountsAtSlot, ReadOptions } from '../chain-client.js';
import { AccountReads } from './account-reads.js';

/** Real: the batching. Fake: the node, which answers when it is told to. */
const addresses = Array.from({ length: 300 }, (_, i) => addressFromBytes(Buffer.alloc(32, i % 256).fill(i >> 8, 0, 1)));
const account = (address: Address): Account => ({ address, owner: address, lamports: 1n, data: new Uint8Array(0) });

function scripted(answersAtOnce = true) {
  const calls: {
    readonly addresses: readonly Address[];
    readonly options: ReadOptions;
    readonly answer: () => void;
  }[] = [];
  const reads = new AccountReads(
    (asked, options) =>
      new Promise<AccountsAtSlot>((resolve) => {
        const slot = BigInt(calls.length + 1);
        const answer = () => resolve({ contextSlot: slot, accounts: asked.map(account) });
        calls.push({ addresses: asked, options, answer });
        if (answersAtOnce) answer();
      }),
  );
  return { reads, calls };
}

const confirmed = { commitment: 'confirmed' } as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('gives every caller its own accounts in its own order, all of one call, and no call more than 100', async () => {
  const wanted = fc.array(fc.array(fc.integer({ min: 0, max: 299 }), { maxLength: 100 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(wanted, async (callers) => {
      const { reads, calls } = scripted();
      const results = await Promise.all(
        callers.map((caller) =>
          reads.read(
            caller.map((i) => addresses[i]!),
            confirmed,
          ),
        ),
      );
      results.forEach(({ accounts, contextSlot }, c) => {
        expect(accounts.map((found) => found?.address)).toEqual(callers[c]!.map((i) => addresses[i]));
        const call = calls[Number(contextSlot) - 1]!;
        for (const found of accounts) expect(call.addresses).toContain(found!.address);
      });
      for (const call of calls) expect(call.addresses.length).toBeLessThanOrEqual(100);
    }),
    { numRuns: 50 },
  );
});

it('fills one call with the accounts of callers of the same turn', async () => {
  const { reads, calls } = scripted();
  await Promise.all(Array.from({ length: 50 }, (_, i) => reads.read(addresses.slice(i, i + 51), confirmed)));
  expect(calls.map((call) => call.addresses.length)).toEqual([100]);
});

it('shares a call under way with whoever wants accounts of it, unless that one needs a later slot', async () => {
  const { reads, calls } = scripted(false);
  const first = reads.read(addresses.slice(0, 10), { ...confirmed, minContextSlot: 5n });
  await turn();
  const second = reads.read(addresses.slice(3, 5), { ...confirmed, minContextSlot: 5n });
  const later = reads.read(addresses.slice(3, 5), { ...confirmed, minContextSlot: 6n });
  const other = reads.read(addresses.slice(3, 5), { commitment: 'finalized' });
  await turn();
  for (const call of calls) call.answer();
  const slots = (await Promise.all([first, second, later, other])).map(({ contextSlot }) => contextSlot);
  expect(slots).toEqual([1n, 1n, 2n, 3n]);
  expect(calls.map(({ options }) => options)).toEqual([
    { ...confirmed, minContextSlot: 5n },
    { ...confirmed, minContextSlot: 6n },
    { commitment: 'finalized' },
  ]);
});

it('asks again after an answer, and after a fault, which concerns only those who waited for it', async () => {
  let fails = true;
  const reads = new AccountReads((asked) =>
    fails ? Promise.reject(new Error('away')) : Promise.resolve({ contextSlot: 1n, accounts: asked.map(account) }),
  );
  const both = [reads.read(addresses.slice(0, 1), confirmed), reads.read(addresses.slice(0, 1), confirmed)];
  for (const outcome of await Promise.allSettled(both)) expect(outcome.status).toBe('rejected');
  fails = false;
  expect((await reads.read(addresses.slice(0, 1), confirmed)).contextSlot).toBe(1n);
});
