import { TestWallet } from '../../../test/support/paper-sandbox.js';
import { ConfigError } from '../../platform/config/config.errors.js';
import type { ChainClient } from '../chain-client.js';
import { checkBalance, checkCluster, type SolanaNode } from './boot-check.js';

/** Real: the checks. Fake: the endpoints. */
const MAINNET = '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d';
const DEVNET = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
const OWN = 'GfVcyD4kkTrj4bKc7WA9sZCin9JDbdT4Zkd3EittNR1W';
const OTHER = 'Counter111111111111111111111111111111111111';
const away = new Error('away');

const node = (label: string, hash: string | Error): SolanaNode => ({
  label,
  client: { genesisHash: () => (hash instanceof Error ? Promise.reject(hash) : Promise.resolve(hash)) } as ChainClient,
});

const faults = async (check: Promise<unknown>) => {
  const error: unknown = await check.then(
    () => null,
    (fault: unknown) => fault,
  );
  return error instanceof ConfigError ? error.faults.map(({ name, rule }) => `${name}: ${rule}`) : error;
};

describe('the cluster', () => {
  it.each([
    [MAINNET, 'mainnet-beta'],
    [DEVNET, 'devnet'],
    [OWN, 'custom'],
  ])('with genesis hash %s is %s, and no other', async (hash, cluster) => {
    expect(await checkCluster([node('a', hash), node('b', away)], cluster)).toBe(hash);
    for (const other of ['mainnet-beta', 'devnet', 'testnet', 'custom'].filter((name) => name !== cluster)) {
      expect(await faults(checkCluster([node('a', hash)], other))).toEqual([
        `SOLANA_CLUSTER: is ${other}, but a serves ${cluster} (genesis hash ${hash})`,
      ]);
    }
  });

  it('is one and the same for every endpoint', async () => {
    expect(await faults(checkCluster([node('a', OWN), node('b', OTHER)], 'custom'))).toEqual([
      'SOLANA_RPC_URL: names endpoints of different networks',
    ]);
    expect(await faults(checkCluster([node('a', DEVNET), node('b', MAINNET)], 'devnet'))).toHaveLength(2);
  });

  it('is told by somebody', async () => {
    expect(await faults(checkCluster([node('a', away), node('b', away)], 'custom'))).toEqual([
      'SOLANA_RPC_URL: did not answer',
      'SOLANA_RPC_URL: did not answer',
    ]);
  });
});

describe('the wallet', () => {
  const wallet = new TestWallet();
  const signer = { address: wallet.address, sign: (message: Uint8Array) => Promise.resolve(wallet.sign(message)) };
  const holding = (lamports: bigint | null) =>
    ({
      accounts: () =>
        Promise.resolve({
          contextSlot: 1n,
          accounts: [
            lamports === null
              ? null
              : { address: wallet.address, owner: wallet.address, lamports, data: new Uint8Array() },
          ],
        }),
    }) as unknown as ChainClient;

  it.each([null, 0n, 895_879n])('is refused with %s lamports', async (lamports) => {
    expect(await faults(checkBalance(holding(lamports), signer, 'live'))).toEqual([
      `SIGNER_KEYPAIR_PATH: names the wallet ${wallet.address}, which holds less SOL than one transaction costs`,
    ]);
  });

  it('is taken when it can pay for a transaction, or when nothing is sent', async () => {
    expect(await faults(checkBalance(holding(895_880n), signer, 'live'))).toBeNull();
    expect(await faults(checkBalance(holding(null), signer, 'simulate'))).toBeNull();
  });
});
