import type { Address } from '../kernel/address.js';
import type { Account, ChainTime } from './account.js';

export type Commitment = 'processed' | 'confirmed' | 'finalized';

/** Base58 transaction signature, known before anything is sent. */
export type TxSignature = string & { readonly __brand: 'TxSignature' };

/** A serialized, signed transaction in base64, as `sendTransaction` takes it. */
export type WireTransaction = string & { readonly __brand: 'WireTransaction' };

/** What a transaction failed with: the instruction and either the program's own number or the runtime's name for it. */
export interface TransactionFailure {
  /** Index of the failed instruction, or null when the transaction failed as a whole (blockhash, fee payer). */
  readonly instructionIndex: number | null;
  /** `custom program error` number, or null when the runtime named the error instead. */
  readonly customCode: number | null;
  /** The runtime's name: `Custom`, `InsufficientFunds`, `BlockhashNotFound`, … */
  readonly name: string;
}

export interface AccountsAtSlot {
  readonly contextSlot: bigint;
  /** In the order asked for; null where no account exists. */
  readonly accounts: readonly (Account | null)[];
}

export interface LatestBlockhash {
  readonly contextSlot: bigint;
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
}

export interface SignatureStatus {
  readonly slot: bigint;
  readonly commitment: Commitment;
  readonly failure: TransactionFailure | null;
}

export interface SignatureStatuses {
  readonly contextSlot: bigint;
  /** In the order asked for; null where the node does not know the signature. */
  readonly statuses: readonly (SignatureStatus | null)[];
}

export interface Simulation {
  readonly contextSlot: bigint;
  readonly failure: TransactionFailure | null;
  readonly logs: readonly string[];
  readonly unitsConsumed: bigint;
}

export interface TokenBalanceChange {
  readonly account: Address;
  readonly mint: Address;
  readonly owner: Address | null;
  /** Base units before and after; where there was no token account it counts as 0. */
  readonly before: bigint;
  readonly after: bigint;
  /** Whether it was made by this transaction. */
  readonly isNew: boolean;
}

export interface LandedTransaction {
  readonly slot: bigint;
  readonly failure: TransactionFailure | null;
  /** Fee payer first. */
  readonly signers: readonly Address[];
  readonly feeLamports: bigint;
  readonly logs: readonly string[];
  /** Lamports before and after of every account of the transaction. */
  readonly lamports: ReadonlyMap<Address, { readonly before: bigint; readonly after: bigint }>;
  readonly tokenBalances: readonly TokenBalanceChange[];
}

export interface ProgramAccountsFilter {
  readonly dataSize?: number;
  readonly memcmp: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** As many as one call for the history of an account is answered with (Solana RPC documentation). */
export const SIGNATURES_PER_PAGE = 1_000;

export interface ReadOptions {
  readonly commitment: Commitment;
  /** The node must have reached this slot, else the read is a `chain-unavailable` fault. */
  readonly minContextSlot?: bigint;
}

/**
 * The ledger, as the engine sees it. Faults of the transport (time-out, refusal, 429, garbage) throw `EngineError` with code
 * `chain-unavailable`; what the ledger itself says, errors of transactions included, is a value.
 */
export abstract class ChainClient {
  /** Genesis hash, the identity of the network. */
  abstract genesisHash(): Promise<string>;
  abstract slot(commitment: Commitment): Promise<bigint>;
  abstract blockHeight(commitment: Commitment): Promise<bigint>;
  /** Up to 100 addresses, all read at one slot. */
  abstract accounts(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot>;
  abstract programAccounts(program: Address, filter: ProgramAccountsFilter): Promise<readonly Account[]>;
  abstract latestBlockhash(options: ReadOptions): Promise<LatestBlockhash>;
  /** Up to 256 signatures. `searchHistory` asks the node's long-term storage too. */
  abstract signatureStatuses(
    signatures: readonly TxSignature[],
    options: { readonly searchHistory: boolean; readonly minContextSlot?: bigint },
  ): Promise<SignatureStatuses>;
  /** Runs a transaction without checking its signature or blockhash; sends nothing. */
  abstract simulate(wire: WireTransaction, options: ReadOptions): Promise<Simulation>;
  /**
   * Hands signed bytes to the network. A preflight refusal comes back as a failure and proves nothing: the bytes may be out.
   * Calling it again with the same bytes is harmless.
   */
  abstract send(
    wire: WireTransaction,
    options: { readonly skipPreflight: boolean; readonly minContextSlot?: bigint },
  ): Promise<TransactionFailure | null>;
  /** Null when no node that answers has it. */
  abstract transaction(
    signature: TxSignature,
    commitment: 'confirmed' | 'finalized',
  ): Promise<LandedTransaction | null>;
  /**
   * Signatures that touched `account`, newest first, at most `SIGNATURES_PER_PAGE`; those before `before` only, and none when the node
   * does not know that.
   */
  abstract signaturesFor(
    account: Address,
    options: {
      readonly commitment: 'confirmed' | 'finalized';
      readonly minContextSlot?: bigint;
      readonly before?: TxSignature;
    },
  ): Promise<readonly { readonly signature: TxSignature; readonly slot: bigint }[]>;
  /** Compute unit prices in micro-lamports, one a recent block: the least that landed a transaction writing these, at most 128, accounts. */
  abstract recentPrioritizationFees(writable: readonly Address[]): Promise<readonly bigint[]>;
  /** The oldest slot this node still has blocks for: below it, "unknown" proves nothing. */
  abstract firstAvailableBlock(): Promise<bigint>;
  /**
   * The same ledger, node by node, the preferred one first: each member asks one endpoint only, and never another in its place.
   * For readings that have to agree with each other, or have to be independent of each other.
   */
  nodes(): readonly ChainClient[] {
    return [this];
  }
}

/** Address of the clock sysvar, read together with pools so that quotes use the chain's time. */
export const CLOCK_SYSVAR = 'SysvarC1ock11111111111111111111111111111111' as Address;

/** Decodes the clock sysvar's 40 bytes. */
export function decodeClock(data: Uint8Array): ChainTime {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    slot: view.getBigUint64(0, true),
    epoch: view.getBigUint64(16, true),
    unixTimestamp: view.getBigInt64(32, true),
  };
}
