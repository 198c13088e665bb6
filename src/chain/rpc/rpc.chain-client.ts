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
import { type Address, asAddress } from '../../kernel/address.js';
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
  SIGNATURES_PER_PAGE,
  type SignatureStatus,
  type SignatureStatuses,
  type Simulation,
  type TransactionFailure,
  type TxSignature,
  type WireTransaction,
} from '../chain-client.js';
import { AccountReads } from './account-reads.js';
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
const MAX_FEE_ACCOUNTS = 128;
const COMMITMENTS: readonly Commitment[] = ['processed', 'confirmed', 'finalized'];

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
  private readonly reads = new AccountReads((addresses, options) => this.readAccounts(addresses, options));
  private readonly members: readonly ChainClient[];

  /** `nodeTransports`: one for each node that the transport chooses from, where it chooses. */
  constructor(transport: RpcTransport, nodeTransports: readonly RpcTransport[] = []) {
    super();
    this.rpc = createSolanaRpcFromTransport(throwingErrorAnswers(transport));
    this.members = nodeTransports.map((node) => new RpcChainClient(node));
  }

  override nodes(): readonly ChainClient[] {
    return this.members.length === 0 ? [this] : this.members;
  }

  genesisHash(): Promise<string> {
    return ask(this.rpc.getGenesisHash(), (hash) => {
      if (typeof hash !== 'string' || asAddress(hash) === null) throw garbage('the node told no genesis hash');
      return hash;
    });
  }

  slot(commitment: Commitment): Promise<bigint> {
    return ask(this.rpc.getSlot({ commitment }), integer);
  }

  blockHeight(commitment: Commitment): Promise<bigint> {
    return ask(this.rpc.getBlockHeight({ commitment }), integer);
  }

  accounts(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot> {
    return this.reads.read(addresses, options);
  }

  programAccounts(program: Address, filter: ProgramAccountsFilter): Promise<readonly Account[]> {
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
    const call = this.rpc.getProgramAccounts(program, { commitment: 'confirmed', encoding: 'base64', filters });
    return ask(call, (found) => found.flatMap(({ pubkey, account }) => readAccount(pubkey, account) ?? []));
  }

  latestBlockhash(options: ReadOptions): Promise<LatestBlockhash> {
    return ask(this.rpc.getLatestBlockhash(readConfig(options)), ({ context, value }) => ({
      contextSlot: reached(context.slot, options),
      blockhash: text(value.blockhash, (blockhash) => asAddress(blockhash) !== null),
      lastValidBlockHeight: integer(value.lastValidBlockHeight),
    }));
  }

  signatureStatuses(
    signatures: readonly TxSignature[],
    options: { readonly searchHistory: boolean; readonly minContextSlot?: bigint },
  ): Promise<SignatureStatuses> {
    if (signatures.length > MAX_STATUSES) throw new RangeError(`at most ${MAX_STATUSES} signatures at once`);
    const config = { searchTransactionHistory: options.searchHistory };
    return ask(this.rpc.getSignatureStatuses(asKitSignatures(signatures), config), ({ context, value }) => {
      if (value.length !== signatures.length) throw garbage('the node left statuses out');
      return { contextSlot: reached(context.slot, options), statuses: value.map(readStatus) };
    });
  }

  simulate(wire: WireTransaction, options: ReadOptions): Promise<Simulation> {
    const call = this.rpc.simulateTransaction(wire as string as Base64EncodedWireTransaction, {
      ...readConfig(options),
      encoding: 'base64',
      sigVerify: false,
      replaceRecentBlockhash: true,
    });
    return ask(call, ({ context, value }) => {
      const failure = readTransactionFailure(value.err);
      // What ran has used units: a limit made from none would let the swap fail on the chain.
      if (failure === null && value.unitsConsumed === undefined) throw garbage('the node told no units consumed');
      return {
        contextSlot: reached(context.slot, options),
        failure,
        logs: (value.logs ?? []).map((line) => text(line)),
        unitsConsumed: integer(value.unitsConsumed ?? 0n),
      };
    });
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

  transaction(signature: TxSignature, commitment: 'confirmed' | 'finalized'): Promise<LandedTransaction | null> {
    const config = { commitment, encoding: 'base64', maxSupportedTransactionVersion: 0 } as const;
    return ask(this.rpc.getTransaction(signature as string as Signature, config), (answer) =>
      answer === null ? null : readLandedTransaction(signature, answer),
    );
  }

  signaturesFor(
    account: Address,
    { before, ...options }: Parameters<ChainClient['signaturesFor']>[1],
  ): Promise<readonly { readonly signature: TxSignature; readonly slot: bigint }[]> {
    const call = this.rpc.getSignaturesForAddress(account, {
      ...readConfig(options),
      limit: SIGNATURES_PER_PAGE,
      ...(before !== undefined && { before: before as string as Signature }),
    });
    return ask(call, (found) =>
      found.map(({ signature, slot }) => ({ signature: text(signature) as TxSignature, slot: integer(slot) })),
    );
  }

  recentPrioritizationFees(writable: readonly Address[]): Promise<readonly bigint[]> {
    const call = this.rpc.getRecentPrioritizationFees(writable.slice(0, MAX_FEE_ACCOUNTS));
    return ask(call, (found) => found.map(({ prioritizationFee }) => integer(prioritizationFee)));
  }

  firstAvailableBlock(): Promise<bigint> {
    return ask(this.rpc.getFirstAvailableBlock(), integer);
  }

  private readAccounts(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot> {
    const call = this.rpc.getMultipleAccounts(addresses, { ...readConfig(options), encoding: 'base64' });
    return ask(call, ({ context, value }) => {
      if (value.length !== addresses.length) throw garbage('the node left accounts out');
      const accounts = addresses.map((address, i) => readAccount(address, value[i] ?? null));
      return { contextSlot: reached(context.slot, options), accounts };
    });
  }
}

/**
 * Calls and reads the answer. Every fault of either is the transport's or the node's, never the ledger's word on a transaction:
 * kit does not check the shape of what it passes on.
 */
async function ask<T, R>(call: PendingCall<T>, read: (answer: T) => R): Promise<R> {
  try {
    return read(await call.send());
  } catch (fault) {
    throw unavailable(fault);
  }
}

/** The slot of an answer. Not every method takes `minContextSlot`, nor does every gateway pass it on: what is older is turned down here. */
function reached(slot: bigint, { minContextSlot = 0n }: { readonly minContextSlot?: bigint }): bigint {
  if (integer(slot) < minContextSlot) throw garbage('the node has not reached the slot asked for');
  return slot;
}

function integer(value: bigint): bigint {
  if (typeof value !== 'bigint' || value < 0n) throw garbage('the node answered no integer where one belongs');
  return value;
}

function text(value: string, isGood: (value: string) => boolean = () => true): string {
  if (typeof value !== 'string' || !isGood(value))
    throw garbage('the node answered something else where a text belongs');
  return value;
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
  try {
    return readTransactionFailure((fault.data as { err?: unknown } | undefined)?.err);
  } catch {
    return null;
  }
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

interface StatusAnswer {
  readonly slot: bigint;
  readonly confirmations: bigint | null;
  readonly confirmationStatus: Commitment | null;
  readonly err: unknown;
}

function readStatus(status: StatusAnswer | null): SignatureStatus | null {
  if (status === null) return null;
  return {
    slot: integer(status.slot),
    commitment: commitmentReached(status),
    failure: readTransactionFailure(status.err),
  };
}

function commitmentReached({ confirmationStatus, confirmations }: StatusAnswer): Commitment {
  const named = COMMITMENTS.find((commitment) => commitment === confirmationStatus);
  if (named !== undefined) return named;
  // Nodes leave it out for transactions rooted long ago, and count no confirmations of theirs either.
  if (confirmationStatus === null && confirmations === null) return 'finalized';
  throw garbage('the node told no commitment that a transaction has reached');
}

function readAccount(address: Address, answer: AccountAnswer | null): Account | null {
  if (answer === null) return null;
  const { owner, lamports, data } = answer;
  if (data[1] !== 'base64') throw garbage('the node answered an account in another encoding');
  return {
    address,
    owner,
    lamports: integer(lamports),
    data: Uint8Array.from(Buffer.from(text(data[0]), 'base64')),
  };
}

/** Kit brands signatures differently; both are base58 of 64 bytes. */
function asKitSignatures(signatures: readonly TxSignature[]): readonly Signature[] {
  return signatures as readonly string[] as readonly Signature[];
}
