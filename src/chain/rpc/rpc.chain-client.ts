import {
  type Base58EncodedBytes,
  type Base64EncodedBytes,
  type Base64EncodedWireTransaction,
  createSolanaRpcFromTransport,
  type Rpc,
  type RpcTransport,
  type Signature,
  type SolanaRpcApi,
} from '@solana/kit';
import type { Address } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import type { Account } from '../account.js';
import {
  type AccountsAtSlot,
  ChainClient,
  type Commitment,
  type LandedTransaction,
  type LatestBlockhash,
  type ProgramAccountsFilter,
  type ReadOptions,
  type SignatureStatuses,
  type Simulation,
  type TransactionFailure,
  type TxSignature,
  type WireTransaction,
} from '../chain-client.js';
import { readLandedTransaction } from './landed-transaction.js';
import {
  PREFLIGHT_FAILURE,
  RpcErrorAnswer,
  SIGNATURE_VERIFICATION_FAILURE,
  throwingErrorAnswers,
} from './rpc-answer.js';
import { readTransactionFailure } from './transaction-failure.js';

/** Limits of Solana's nodes. */
const MAX_STATUSES = 256;
const MAX_SIGNATURES = 1_000;

interface AccountAnswer {
  readonly owner: Address;
  readonly lamports: bigint;
  readonly data: readonly [string, string];
}

interface PendingCall<T> {
  send(): Promise<T>;
}

/**
 * The ledger through Solana's JSON-RPC. The transport decides where calls go and how long they may take; it rejects on faults and
 * resolves with the node's answer, error answers included.
 */
export class RpcChainClient extends ChainClient {
  private readonly rpc: Rpc<SolanaRpcApi>;

  constructor(transport: RpcTransport) {
    super();
    this.rpc = createSolanaRpcFromTransport(throwingErrorAnswers(transport));
  }

  genesisHash(): Promise<string> {
    return ask(this.rpc.getGenesisHash());
  }

  slot(commitment: Commitment): Promise<bigint> {
    return ask(this.rpc.getSlot({ commitment }));
  }

  blockHeight(commitment: Commitment): Promise<bigint> {
    return ask(this.rpc.getBlockHeight({ commitment }));
  }

  async accounts(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot> {
    const { context, value } = await ask(
      this.rpc.getMultipleAccounts(addresses, { ...readConfig(options), encoding: 'base64' }),
    );
    if (value.length !== addresses.length) throw garbage('the node left accounts out');
    const accounts = addresses.map((address, i) => readAccount(address, value[i] ?? null));
    return { contextSlot: context.slot, accounts };
  }

  async programAccounts(program: Address, filter: ProgramAccountsFilter): Promise<readonly Account[]> {
    const filters = [
      ...(filter.dataSize === undefined ? [] : [{ dataSize: BigInt(filter.dataSize) }]),
      ...filter.memcmp.map(({ offset, bytes }) => ({
        memcmp: {
          offset: BigInt(offset),
          bytes: Buffer.from(bytes).toString('base64') as Base64EncodedBytes & Base58EncodedBytes,
          encoding: 'base64' as const,
        },
      })),
    ];
    const found = await ask(
      this.rpc.getProgramAccounts(program, { commitment: 'confirmed', encoding: 'base64', filters }),
    );
    return found.flatMap(({ pubkey, account }) => readAccount(pubkey, account) ?? []);
  }

  async latestBlockhash(options: ReadOptions): Promise<LatestBlockhash> {
    const { context, value } = await ask(this.rpc.getLatestBlockhash(readConfig(options)));
    return {
      contextSlot: context.slot,
      blockhash: value.blockhash,
      lastValidBlockHeight: value.lastValidBlockHeight,
    };
  }

  async signatureStatuses(
    signatures: readonly TxSignature[],
    options: { readonly searchHistory: boolean; readonly minContextSlot?: bigint },
  ): Promise<SignatureStatuses> {
    if (signatures.length > MAX_STATUSES) throw new RangeError(`at most ${MAX_STATUSES} signatures at once`);
    const { context, value } = await ask(
      this.rpc.getSignatureStatuses(asKitSignatures(signatures), { searchTransactionHistory: options.searchHistory }),
    );
    // The method takes no minContextSlot, so an answer from a node that lags is turned down here.
    if (options.minContextSlot !== undefined && context.slot < options.minContextSlot) {
      throw garbage('the node has not reached the slot asked for');
    }
    if (value.length !== signatures.length) throw garbage('the node left statuses out');
    const statuses = value.map((status) =>
      status === null
        ? null
        : {
            slot: status.slot,
            // Nodes leave it out for transactions rooted long ago.
            commitment: status.confirmationStatus ?? 'finalized',
            failure: readTransactionFailure(status.err),
          },
    );
    return { contextSlot: context.slot, statuses };
  }

  async simulate(wire: WireTransaction, options: ReadOptions): Promise<Simulation> {
    const { context, value } = await ask(
      this.rpc.simulateTransaction(wire as string as Base64EncodedWireTransaction, {
        ...readConfig(options),
        encoding: 'base64',
        sigVerify: false,
        replaceRecentBlockhash: true,
      }),
    );
    return {
      contextSlot: context.slot,
      failure: readTransactionFailure(value.err),
      logs: value.logs ?? [],
      unitsConsumed: value.unitsConsumed ?? 0n,
    };
  }

  async send(
    wire: WireTransaction,
    options: { readonly skipPreflight: boolean; readonly minContextSlot?: bigint },
  ): Promise<TransactionFailure | null> {
    try {
      await this.rpc
        .sendTransaction(wire as string as Base64EncodedWireTransaction, {
          encoding: 'base64',
          maxRetries: 0n,
          preflightCommitment: 'confirmed',
          ...options,
        })
        .send();
      return null;
    } catch (fault) {
      const failure = refusalOf(fault);
      if (failure === null) throw unavailable(fault);
      // The network has these very bytes already: that is what sending is for.
      return failure.name === 'AlreadyProcessed' ? null : failure;
    }
  }

  async transaction(signature: TxSignature, commitment: 'confirmed' | 'finalized'): Promise<LandedTransaction | null> {
    const answer = await ask(
      this.rpc.getTransaction(signature as string as Signature, {
        commitment,
        encoding: 'base64',
        maxSupportedTransactionVersion: 0,
      }),
    );
    if (answer === null) return null;
    try {
      return readLandedTransaction(answer);
    } catch (fault) {
      throw unavailable(fault);
    }
  }

  async signaturesFor(
    account: Address,
    options: { readonly commitment: 'confirmed' | 'finalized'; readonly minContextSlot?: bigint },
  ): Promise<readonly { readonly signature: TxSignature; readonly slot: bigint }[]> {
    const found = await ask(
      this.rpc.getSignaturesForAddress(account, { ...readConfig(options), limit: MAX_SIGNATURES }),
    );
    return found.map(({ signature, slot }) => ({ signature: signature as string as TxSignature, slot }));
  }

  firstAvailableBlock(): Promise<bigint> {
    return ask(this.rpc.getFirstAvailableBlock());
  }
}

/** Every fault of a call is the transport's or the node's, never the ledger's word on a transaction. */
async function ask<T>(call: PendingCall<T>): Promise<T> {
  try {
    return await call.send();
  } catch (fault) {
    throw unavailable(fault);
  }
}

function unavailable(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const reason = cause instanceof RpcErrorAnswer ? `: ${cause.message} (${cause.code})` : '';
  return new EngineError('chain-unavailable', `the chain did not answer${reason}`, { cause });
}

function garbage(message: string): EngineError {
  return new EngineError('chain-unavailable', message);
}

/** What a node says about the transaction itself when it refuses it; null for any other fault. */
function refusalOf(fault: unknown): TransactionFailure | null {
  if (!(fault instanceof RpcErrorAnswer)) return null;
  if (fault.code === SIGNATURE_VERIFICATION_FAILURE) {
    return { instructionIndex: null, customCode: null, name: 'SignatureFailure' };
  }
  if (fault.code !== PREFLIGHT_FAILURE) return null;
  return readTransactionFailure((fault.data as { err?: unknown } | undefined)?.err);
}

function readConfig<C extends Commitment>({
  commitment,
  minContextSlot,
}: {
  readonly commitment: C;
  readonly minContextSlot?: bigint;
}) {
  return minContextSlot === undefined ? { commitment } : { commitment, minContextSlot };
}

function readAccount(address: Address, answer: AccountAnswer | null): Account | null {
  if (answer === null) return null;
  const { owner, lamports, data } = answer;
  return { address, owner, lamports, data: Uint8Array.from(Buffer.from(data[0], 'base64')) };
}

/** Kit brands signatures differently; both are base58 of 64 bytes. */
function asKitSignatures(signatures: readonly TxSignature[]): readonly Signature[] {
  return signatures as readonly string[] as readonly Signature[];
}
