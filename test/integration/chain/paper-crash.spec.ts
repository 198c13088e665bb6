import pg from 'pg';
import { address } from '../../../src/kernel/address.js';
import { memo, transferLamports } from '../../../src/chain/instructions.js';
import type { WireTransaction } from '../../../src/chain/chain-client.js';
import { assembleWire, compileUnsigned } from '../../../src/chain/transaction.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SOL } from '../../support/paper-sandbox.js';
import { type PaperProcess, startPaperProcess } from './paper-fixture.js';

/** Real: PostgreSQL and the paper ledger. Fake: the market, and the crash that takes back the database's last commits. */
const STRANGER = address('Stranger11111111111111111111111111111111111');
const TABLES = ['chain', 'accounts', 'transactions', 'pending'];
const confirmed = { commitment: 'confirmed' } as const;

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await database.drop();
});

async function send({ client, signer }: PaperProcess, text: string): Promise<WireTransaction> {
  const { blockhash, lastValidBlockHeight } = await client.latestBlockhash(confirmed);
  const message = compileUnsigned({
    payer: signer.address,
    blockhash,
    lastValidBlockHeight,
    instructions: [transferLamports(signer.address, STRANGER, SOL), memo(text)],
    computeUnitLimit: 100_000,
    computeUnitPriceMicroLamports: 0n,
  });
  const wire = assembleWire(message, await signer.sign(message));
  expect(await client.send(wire, { skipPreflight: false })).toBeNull();
  return wire;
}

async function inDatabase(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(['begin', ...statements, 'commit'].join(';'));
  await client.end();
}

describe('a ledger whose database lost its last commits in a crash', () => {
  it('forgets what it remembers of them and goes on from what is stored', async () => {
    const process = await startPaperProcess(database.url, 0);
    const strangerHas = async () => (await process.client.accounts([STRANGER], confirmed)).accounts[0]?.lamports;
    try {
      await send(process, 'kept');
      await inDatabase(...TABLES.map((table) => `create table saved_${table} as table paper.${table}`));
      const lost = await send(process, 'lost');
      expect(await strangerHas()).toBe(2n * SOL);
      await inDatabase(
        ...TABLES.flatMap((table) => [`delete from paper.${table}`]),
        'insert into paper.chain table saved_chain',
        'insert into paper.accounts table saved_accounts',
        'insert into paper.transactions table saved_transactions',
      );
      expect(await strangerHas()).toBe(SOL);
      await send(process, 'next');
      expect(await process.client.send(lost, { skipPreflight: false })).toBeNull();
      expect(await strangerHas()).toBe(3n * SOL);
    } finally {
      await process.kill();
    }
  });
});
