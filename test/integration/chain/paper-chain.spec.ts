import { AccountRole, type Instruction } from '@solana/kit';
import { address, type Address } from '../../../src/kernel/address.js';
import { TOKEN_PROGRAM } from '../../../src/kernel/tokens/listed-tokens.js';
import { CLOCK_SYSVAR, decodeClock, type TxSignature, type WireTransaction } from '../../../src/chain/chain-client.js';
import { memo, transferChecked, transferLamports } from '../../../src/chain/instructions.js';
import { answerPaperRequest } from '../../../src/chain/paper/paper.transport.js';
import {
  assembleWire,
  compileUnsigned,
  decodeIntent,
  signatureOf,
  unsignedWire,
} from '../../../src/chain/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { SOL, USDC } from '../../support/paper-sandbox.js';
import {
  COUNTER,
  COUNTER_PROGRAM,
  countOf,
  type PaperProcess,
  startPaperProcess,
  TREASURY_USDC,
  WALLET_USDC,
} from './paper-fixture.js';

/** Real: PostgreSQL, the ledger, the JSON-RPC methods, kit and the client over it. Fake: the market, one counting account. */
const STRANGER = address('Stranger11111111111111111111111111111111111');
const SLOT_MS = 40;
const confirmed = { commitment: 'confirmed' } as const;

let database: TestDatabase;
const running: PaperProcess[] = [];

async function start(latencyMs: number, seed?: bigint): Promise<PaperProcess> {
  const started = await startPaperProcess(database.url, latencyMs, seed);
  running.push(started);
  return started;
}

async function kill(process: PaperProcess): Promise<void> {
  running.splice(running.indexOf(process), 1);
  await process.kill();
}

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  for (const process of running.splice(0)) await process.kill();
  await database.drop();
});

async function compiled({ client, signer }: PaperProcess, instructions: readonly Instruction[]) {
  const { blockhash, lastValidBlockHeight } = await client.latestBlockhash(confirmed);
  return compileUnsigned({
    payer: signer.address,
    blockhash,
    lastValidBlockHeight,
    instructions,
    computeUnitLimit: 100_000,
    computeUnitPriceMicroLamports: 0n,
  });
}

async function signed(process: PaperProcess, ...instructions: Instruction[]): Promise<WireTransaction> {
  const message = await compiled(process, instructions);
  return assembleWire(message, await process.signer.sign(message));
}

async function statusOf({ client }: PaperProcess, signature: TxSignature, searchHistory = false) {
  return (await client.signatureStatuses([signature], { searchHistory })).statuses[0] ?? null;
}

async function balanceOf({ client }: PaperProcess, of: Address = STRANGER): Promise<bigint> {
  return (await client.accounts([of], confirmed)).accounts[0]?.lamports ?? 0n;
}

function rpc(process: PaperProcess, method: string, ...params: unknown[]) {
  return answerPaperRequest(process.ledger, { id: 1, method, params });
}

function count(): Instruction {
  return {
    programAddress: COUNTER_PROGRAM,
    accounts: [{ address: COUNTER, role: AccountRole.WRITABLE }],
    data: new Uint8Array(0),
  };
}

describe('with a slot time', () => {
  it('a transaction lands in a later slot and goes from processed over confirmed to finalized', async () => {
    const process = await start(SLOT_MS);
    const sentAt = await process.client.slot('processed');
    const wire = await signed(process, transferLamports(process.signer.address, STRANGER, SOL), memo('order/1'));
    expect(await process.client.send(wire, { skipPreflight: false })).toBeNull();
    const seen = new Set<string>();
    const final = await eventually(
      async () => {
        const status = await statusOf(process, signatureOf(wire));
        if (status !== null) seen.add(status.commitment);
        expect(status?.commitment).toBe('finalized');
        return status!;
      },
      { everyMs: 5 },
    );
    expect(final).toMatchObject({ failure: null });
    expect(final.slot).toBeGreaterThan(sentAt);
    expect(seen.size).toBeGreaterThan(1);
    expect(await balanceOf(process)).toBe(SOL);
  });

  it('what a killed process had accepted lands through any other, once', async () => {
    const first = await start(1_000);
    const second = await start(1_000);
    const wire = await signed(first, transferLamports(first.signer.address, STRANGER, SOL));
    await first.client.send(wire, { skipPreflight: false });
    expect(await statusOf(first, signatureOf(wire))).toBeNull();
    await kill(first);
    await second.client.send(wire, { skipPreflight: true });
    await eventually(async () => expect(await balanceOf(second)).toBe(SOL));
    const third = await start(1_000);
    expect(await balanceOf(third)).toBe(SOL);
    expect(await statusOf(third, signatureOf(wire))).toMatchObject({ failure: null });
  });

  it('heights pass when nothing happens, and never go back when the slot time changes', async () => {
    const slow = await start(SLOT_MS);
    const before = await slow.client.blockHeight('processed');
    await eventually(async () => expect(await slow.client.blockHeight('processed')).toBeGreaterThan(before + 3n));
    await kill(slow);
    const reached = await (await start(10_000)).client.blockHeight('processed');
    expect(reached).toBeGreaterThan(before + 3n);
  });

  it('finalized heights and blockhashes lag, and a slot that is not reached yet is a fault', async () => {
    const { client } = await start(200);
    await eventually(async () => expect(await client.slot('finalized')).toBeGreaterThan(2n));
    const [processed, finalized] = [await client.slot('processed'), await client.slot('finalized')];
    expect(processed - finalized).toBeGreaterThanOrEqual(2n);
    const minContextSlot = processed + 1_000n;
    await expect(client.accounts([STRANGER], { ...confirmed, minContextSlot })).rejects.toMatchObject({
      code: 'chain-unavailable',
    });
    const fresh = await client.latestBlockhash({ commitment: 'finalized' });
    expect(fresh.lastValidBlockHeight).toBe(fresh.contextSlot + 150n);
  });

  it('a transaction whose blockhash has grown old is refused, and dropped when it was sent without preflight', async () => {
    const process = await start(5);
    const wire = await signed(process, transferLamports(process.signer.address, STRANGER, SOL));
    const { lastValidBlockHeight } = await process.client.latestBlockhash(confirmed);
    await eventually(async () =>
      expect(await process.client.blockHeight('finalized')).toBeGreaterThan(lastValidBlockHeight),
    );
    expect(await process.client.send(wire, { skipPreflight: false })).toMatchObject({
      name: 'BlockhashNotFound',
      instructionIndex: null,
    });
    expect(await process.client.send(wire, { skipPreflight: true })).toBeNull();
    const height = await process.client.blockHeight('finalized');
    await eventually(async () => expect(await process.client.blockHeight('finalized')).toBeGreaterThan(height + 5n));
    expect(await statusOf(process, signatureOf(wire), true)).toBeNull();
    expect(await balanceOf(process)).toBe(0n);
  });

  it('pools move with the slots that the clock shows, also under a transaction', async () => {
    const process = await start(SLOT_MS);
    const read = async () => {
      const { accounts } = await process.client.accounts([COUNTER, CLOCK_SYSVAR], confirmed);
      return { count: countOf(accounts[0]!.data) - 1_000_000_000n, slot: decodeClock(accounts[1]!.data).slot };
    };
    const before = await read();
    expect(before.count).toBe(before.slot);
    await process.client.send(await signed(process, count()), { skipPreflight: false });
    await eventually(async () => expect((await read()).count).toBeGreaterThan(1_000_000n));
    const after = await read();
    expect(after.count).toBe(after.slot + 1_000_000n);
  });
});

describe('without a slot time', () => {
  it('a transaction is final when sending returns, and tells what it did', async () => {
    const process = await start(0);
    const { client, signer } = process;
    const transfer = transferChecked({
      source: WALLET_USDC,
      mint: USDC,
      destination: TREASURY_USDC,
      authority: signer.address,
      amount: 250n,
      decimals: 6,
      tokenProgram: TOKEN_PROGRAM,
    });
    const wire = await signed(process, transfer, memo('0198c0de/1'));
    const signature = signatureOf(wire);
    expect(await client.send(wire, { skipPreflight: false })).toBeNull();
    expect(await statusOf(process, signature)).toMatchObject({ commitment: 'finalized', failure: null });
    const landed = await client.transaction(signature, 'finalized');
    expect(landed).toMatchObject({ failure: null, feeLamports: 5_000n });
    expect(landed!.lamports.get(signer.address)).toEqual({ before: 1_000n * SOL, after: 1_000n * SOL - 5_000n });
    expect(landed!.tokenBalances).toEqual(
      expect.arrayContaining([
        {
          account: WALLET_USDC,
          mint: USDC,
          owner: signer.address,
          before: 1_000_000_000n,
          after: 999_999_750n,
          isNew: false,
        },
        { account: TREASURY_USDC, mint: USDC, owner: COUNTER_PROGRAM, before: 0n, after: 250n, isNew: false },
      ]),
    );
    expect(landed!.logs).toContain('Program log: Memo (len 10): "0198c0de/1"');
    expect(decodeIntent(wire)).toMatchObject({
      signature,
      feePayer: signer.address,
      memo: '0198c0de/1',
      computeUnitLimit: 100_000,
    });
    expect(await client.signaturesFor(TREASURY_USDC, { commitment: 'finalized' })).toEqual([
      { signature, slot: landed!.slot },
    ]);
    expect(await client.signaturesFor(TREASURY_USDC, { commitment: 'finalized', before: signature })).toEqual([]);
  });

  it('sending the same bytes again is harmless', async () => {
    const process = await start(0);
    const wire = await signed(process, transferLamports(process.signer.address, STRANGER, SOL));
    for (const skipPreflight of [false, false, true])
      expect(await process.client.send(wire, { skipPreflight })).toBeNull();
    expect(await balanceOf(process)).toBe(SOL);
  });

  it('a failing transaction is refused by preflight, and lands with its error without', async () => {
    const process = await start(0);
    const wire = await signed(process, transferLamports(process.signer.address, STRANGER, 5_000n * SOL));
    const failure = { instructionIndex: 2, customCode: 1, name: 'Custom' };
    expect(await process.client.send(wire, { skipPreflight: false })).toEqual(failure);
    expect(await statusOf(process, signatureOf(wire), true)).toBeNull();
    expect(await process.client.send(wire, { skipPreflight: true })).toBeNull();
    expect(await statusOf(process, signatureOf(wire))).toMatchObject({ failure, commitment: 'finalized' });
    const landed = await process.client.transaction(signatureOf(wire), 'finalized');
    expect(landed).toMatchObject({ failure, feeLamports: 5_000n });
  });

  it('a wrong signature is refused', async () => {
    const process = await start(0);
    const wire = unsignedWire(await compiled(process, [memo('forged')]));
    expect(await process.client.send(wire, { skipPreflight: true })).toMatchObject({ name: 'SignatureFailure' });
    const forged = await signed(process, memo('a'));
    const tampered = Buffer.from(forged, 'base64');
    tampered[tampered.length - 2]! ^= 1;
    const sent = process.client.send(tampered.toString('base64') as WireTransaction, { skipPreflight: true });
    expect(await sent).toMatchObject({ name: 'SignatureFailure' });
  });

  it('simulating changes nothing and needs neither signature nor blockhash', async () => {
    const process = await start(0);
    const message = await compiled(process, [transferLamports(process.signer.address, STRANGER, SOL)]);
    const simulation = await process.client.simulate(unsignedWire(message), confirmed);
    expect(simulation).toMatchObject({ failure: null, unitsConsumed: 450n });
    expect(await balanceOf(process)).toBe(0n);
    const greedy = await compiled(process, [transferLamports(process.signer.address, STRANGER, 9_000n * SOL)]);
    expect((await process.client.simulate(unsignedWire(greedy), confirmed)).failure).toMatchObject({ customCode: 1 });
  });

  it('several processes share one ledger, and every transaction counts once', async () => {
    const processes = [await start(0), await start(0), await start(0)];
    const wires = await Promise.all(
      Array.from({ length: 45 }, (_, i) => {
        const process = processes[i % 3]!;
        return signed(process, transferLamports(process.signer.address, STRANGER, SOL), count(), memo(`shared/${i}`));
      }),
    );
    // Each goes out through all of them, as a rebroadcast does.
    const results = await Promise.all(
      processes.flatMap(({ client }) => wires.map((wire) => client.send(wire, { skipPreflight: true }))),
    );
    expect(results.every((result) => result === null)).toBe(true);
    for (const process of processes) {
      expect(await balanceOf(process)).toBe(45n * SOL);
      const { accounts } = await process.client.accounts([COUNTER], confirmed);
      expect(countOf(accounts[0]!.data) / 1_000_000n).toBe(1_045n);
      expect(await balanceOf(process, process.signer.address)).toBe(955n * SOL - 45n * 5_000n);
    }
    const { statuses } = await processes[2]!.client.signatureStatuses(wires.map(signatureOf), { searchHistory: true });
    expect(statuses.every((status) => status?.failure === null)).toBe(true);
  });

  it('ledger, wallet and history outlive every process; the seed is that of the first start', async () => {
    const first = await start(0, 7n);
    const wire = await signed(first, transferLamports(first.signer.address, STRANGER, SOL));
    await first.client.send(wire, { skipPreflight: false });
    const genesisHash = await first.client.genesisHash();
    await kill(first);
    const second = await start(0, 8n);
    expect(await second.client.genesisHash()).toBe(genesisHash);
    expect(second.signer.address).toBe(first.signer.address);
    expect(second.ledger.genesis.seed).toBe(7n);
    expect(await statusOf(second, signatureOf(wire), true)).toMatchObject({ failure: null });
    expect(await balanceOf(second)).toBe(SOL);
  });

  it('two first starts at once make one genesis', async () => {
    const processes = await Promise.all([start(0), start(0), start(0)]);
    const hashes = await Promise.all(processes.map(({ client }) => client.genesisHash()));
    expect(new Set(hashes).size).toBe(1);
  });

  it('accounts of a program are found by size and bytes', async () => {
    const { client, signer } = await start(0);
    const bytes = (await client.accounts([WALLET_USDC], confirmed)).accounts[0]!.data.slice(32, 64);
    const found = await client.programAccounts(TOKEN_PROGRAM, { dataSize: 165, memcmp: [{ offset: 32, bytes }] });
    expect(found.map((account) => account.address)).toEqual([WALLET_USDC]);
    expect(signer.address).not.toBe(WALLET_USDC);
    expect(await client.programAccounts(TOKEN_PROGRAM, { dataSize: 166, memcmp: [] })).toEqual([]);
  });

  it('a database that is away is a fault of the chain', async () => {
    const process = await start(0);
    await kill(process);
    await expect(process.client.slot('processed')).rejects.toMatchObject({ code: 'chain-unavailable' });
    await expect(process.client.send('AAAA' as WireTransaction, { skipPreflight: true })).rejects.toMatchObject({
      code: 'chain-unavailable',
    });
  });
});

describe('the JSON-RPC methods', () => {
  it('answer in the shapes of a node', async () => {
    const process = await start(0);
    const wire = await signed(process, memo('shape'));
    await process.client.send(wire, { skipPreflight: false });
    expect(await rpc(process, 'getHealth')).toEqual({ jsonrpc: '2.0', id: 1, result: 'ok' });
    expect(await rpc(process, 'getMinimumBalanceForRentExemption', 165)).toMatchObject({ result: 2_039_280n });
    expect(await rpc(process, 'getTokenAccountBalance', WALLET_USDC)).toMatchObject({
      result: { value: { amount: '1000000000', decimals: 6, uiAmount: 1_000, uiAmountString: '1000' } },
    });
    expect(await rpc(process, 'getBalance', COUNTER)).toMatchObject({ result: { value: SOL } });
    expect(await rpc(process, 'getEpochInfo')).toMatchObject({ result: { slotsInEpoch: 432_000 } });
    expect(await rpc(process, 'getAccountInfo', COUNTER, { encoding: 'base58' })).toMatchObject({
      result: { value: { owner: COUNTER_PROGRAM, executable: false, space: 8, data: [expect.any(String), 'base58'] } },
    });
    expect(
      await rpc(process, 'getTransaction', signatureOf(wire), { maxSupportedTransactionVersion: 0 }),
    ).toMatchObject({
      result: { version: 0, meta: { err: null, fee: 5_000n }, transaction: { signatures: [signatureOf(wire)] } },
    });
    const { blockhash } = decodeIntent(wire);
    expect(await rpc(process, 'isBlockhashValid', blockhash, { commitment: 'processed' })).toMatchObject({
      result: { value: true },
    });
    expect(await rpc(process, 'isBlockhashValid', STRANGER)).toMatchObject({ result: { value: false } });
  });

  it.each([
    [-32601, 'mineBitcoin', []],
    [-32602, 'getBalance', ['not an address']],
    [-32602, 'sendTransaction', ['AAAA', { encoding: 'base64' }]],
    [-32602, 'getMultipleAccounts', [Array.from({ length: 101 }, () => COUNTER)]],
    [-32016, 'getSlot', [{ minContextSlot: 1_000_000_000 }]],
  ])('answer %d to %s with wrong parameters', async (code, method, params) => {
    const process = await start(0);
    expect(await rpc(process, method, ...params)).toMatchObject({ error: { code } });
  });

  it('refuse a request that is none', async () => {
    const { ledger } = await start(0);
    expect(await answerPaperRequest(ledger, 'hello')).toMatchObject({ id: null, error: { code: -32600 } });
  });
});
