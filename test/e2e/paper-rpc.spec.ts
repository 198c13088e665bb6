import { readFileSync, rmSync, statSync } from 'node:fs';
import { createKeyPairSignerFromBytes, createSolanaRpc } from '@solana/kit';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type PaperRpc, startPaperRpc } from '../support/paper-rpc.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

/** Real: the built program as a process of its own on a test database, and kit's client. */
describe('npm run paper-rpc', () => {
  let database: TestDatabase;
  let dataDir: string;
  let node: PaperRpc;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = temporaryFolder('paper-rpc');
    node = await startPaperRpc({ databaseUrl: database.url, dataDir });
  }, 120_000);

  afterAll(async () => {
    expect(await node.kill('SIGTERM')).toBe(0);
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 120_000);

  it('listens on two neighbouring ports', () => {
    expect(Number(new URL(node.wsUrl).port)).toBe(Number(new URL(node.url).port) + 1);
  });

  it('names a keypair file that only its owner can read, of a wallet with at least 10,000 SOL', async () => {
    expect(statSync(node.keypairPath).mode & 0o777).toBe(0o600);
    const bytes = Uint8Array.from(JSON.parse(readFileSync(node.keypairPath, 'utf8')) as number[]);
    const signer = await createKeyPairSignerFromBytes(bytes);
    const { value } = await createSolanaRpc(node.url).getBalance(signer.address).send();
    expect(value).toBeGreaterThanOrEqual(10_000n * 1_000_000_000n);
  });

  it.each([[['--port', 'x']], [['--port', '65535']], [['--color']], [['8899']]])(
    'refuses the arguments %j with 64',
    async (args) => {
      await expect(startPaperRpc({ databaseUrl: database.url, dataDir, args })).rejects.toThrow('ended with 64');
    },
    60_000,
  );
});
