import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../kernel/errors.js';
import type { Config } from '../../platform/config/config.js';
import { ConfigError, type ConfigFault } from '../../platform/config/config.errors.js';
import type { ChainClient } from '../chain-client.js';
import { rentExemptMinimum } from '../programs.js';
import type { Signer } from '../signer.js';
import { clusterOf } from './clusters.js';

/** What the wallet has to keep to exist, and the fee of one transaction. */
const LEAST_LAMPORTS = rentExemptMinimum(0) + 5_000n;
/** An endpoint that restarts at the same time as the engine is waited for. */
const ROUNDS = 2;
const PAUSE_MS = 1_000;

export interface SolanaNode {
  /** Fit for messages. */
  readonly label: string;
  readonly client: ChainClient;
}

/** Holds the endpoints against the cluster that the configuration names; the genesis hash of them all. Throws `ConfigError`. */
export async function checkCluster(nodes: readonly SolanaNode[], cluster: string): Promise<string> {
  const answers = await genesisHashes(nodes);
  const faults = answers.flatMap(({ label, hash }) => {
    const found = hash === null ? cluster : clusterOf(hash);
    if (found === cluster) return [];
    return [{ name: 'SOLANA_CLUSTER', rule: `is ${cluster}, but ${label} serves ${found} (genesis hash ${hash})` }];
  });
  const [genesisHash, ...others] = new Set(answers.flatMap(({ hash }) => hash ?? []));
  if (others.length > 0) faults.push({ name: 'SOLANA_RPC_URL', rule: 'names endpoints of different networks' });
  if (faults.length > 0 || genesisHash === undefined) throw new ConfigError(faults);
  return genesisHash;
}

/** Whether the wallet can pay for a swap. Throws `ConfigError`. */
export async function checkBalance(
  client: ChainClient,
  { address }: Signer,
  execution: Config['execution'],
): Promise<void> {
  // Simulating costs nothing.
  if (execution === 'simulate') return;
  const { accounts } = await client.accounts([address], { commitment: 'confirmed' }).catch(refuseSilent);
  if ((accounts[0]?.lamports ?? 0n) >= LEAST_LAMPORTS) return;
  const rule = `names the wallet ${address}, which holds less SOL than one transaction costs`;
  throw new ConfigError([{ name: 'SIGNER_KEYPAIR_PATH', rule }]);
}

interface GenesisAnswer {
  readonly label: string;
  /** Null when the endpoint did not answer. */
  readonly hash: string | null;
}

/** At least one endpoint has to answer. */
async function genesisHashes(nodes: readonly SolanaNode[]): Promise<readonly GenesisAnswer[]> {
  for (let round = 1; ; round++) {
    const outcomes = await Promise.allSettled(nodes.map(({ client }) => client.genesisHash()));
    const answers = outcomes.map((outcome, i) => ({
      label: nodes[i]?.label ?? '',
      hash: outcome.status === 'fulfilled' ? outcome.value : null,
    }));
    if (answers.some(({ hash }) => hash !== null)) return answers;
    if (round === ROUNDS) throw new ConfigError(outcomes.map(faultOf));
    await sleep(PAUSE_MS);
  }
}

function faultOf(outcome: PromiseSettledResult<unknown>): ConfigFault {
  return { name: 'SOLANA_RPC_URL', rule: outcome.status === 'rejected' ? reasonOf(outcome.reason) : 'answered' };
}

function reasonOf(fault: unknown): string {
  if (!(fault instanceof EngineError)) return 'did not answer';
  const { cause } = fault;
  return cause instanceof Error ? cause.message : fault.message;
}

function refuseSilent(fault: unknown): never {
  throw new ConfigError([{ name: 'SOLANA_RPC_URL', rule: reasonOf(fault) }]);
}
