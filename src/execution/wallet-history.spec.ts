import { SYSTEM_PROGRAM } from '../chain/programs.js';
import type { ChainClient, TxSignature } from '../chain/chain-client.js';
import { walletHistory } from './wallet-history.js';

const WALLET = SYSTEM_PROGRAM;

/** Fake: a node with a history of so many transactions, in the slots 1, 2, 3, …, which answers pages as Solana's do. */
function world(length: number) {
  const history = Array.from({ length }, (_, i) => ({ signature: `s${i + 1}` as TxSignature, slot: BigInt(i + 1) }));
  history.reverse();
  const asked: unknown[] = [];
  let forgotten = '';
  const signaturesFor: ChainClient['signaturesFor'] = (_account, options) => {
    asked.push(options.before);
    const at = history.findIndex(({ signature }) => signature === options.before && signature !== forgotten);
    if (options.before !== undefined && at < 0) return Promise.resolve([]);
    return Promise.resolve(history.slice(at + 1, at + 1 + 1_000));
  };
  const since = (slot: bigint) =>
    walletHistory({ signaturesFor } as ChainClient, WALLET, { since: slot, head: BigInt(length) });
  return { since, asked, forget: (signature: string) => (forgotten = signature) };
}
const numbers = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => `s${from - i}`);

describe("the wallet's history", () => {
  it.each([
    [0, 0n],
    [1, 0n],
    [999, 0n],
    [1_000, 0n],
    [1_001, 0n],
    [2_000, 0n],
    [5_000, 700n],
    [9_990, 0n],
  ])('of %d transactions is read back to slot %d, each once, newest first', async (length, slot) => {
    expect(await world(length).since(slot)).toEqual({
      signatures: length === 0 ? [] : numbers(length, Number(slot) + 1),
      gapBefore: null,
    });
  });

  it('is not read further back than it has to be', async () => {
    const { since, asked } = world(5_000);
    expect((await since(4_001n)).signatures).toHaveLength(999);
    expect(asked).toEqual([undefined]);
  });

  it('has a gap when more is new than one look takes', async () => {
    const { since, asked } = world(20_000);
    expect(await since(5n)).toEqual({ signatures: numbers(20_000, 10_010), gapBefore: 10_010n });
    expect(asked).toHaveLength(10);
  });

  it("is a fault of the node's when it does not know where to go on", async () => {
    const { since, forget } = world(1_500);
    forget('s502');
    await expect(since(0n)).rejects.toMatchObject({ code: 'chain-unavailable' });
  });
});
