import { getBase58Decoder } from '@solana/kit';
import type { Address } from '../../../kernel/address.js';
import type { TxSignature } from '../../chain-client.js';
import { isSignedBy } from '../../ed25519.js';
import { type DecodedMessage, decodeWire } from '../../message.js';
import { MAX_TRANSACTION_BYTES } from '../../transaction.js';
import type { PaperAccountMeta, PaperInstruction } from '../paper-program.js';

/** A transaction read from its bytes; nothing about it is checked but its form. */
export interface DecodedTransaction {
  readonly bytes: Uint8Array;
  readonly messageBytes: Uint8Array;
  readonly signature: TxSignature;
  /** One a signer, in the order of the message; 64 zero bytes where nobody has signed. */
  readonly signatures: readonly Uint8Array[];
  readonly blockhash: string;
  readonly message: DecodedMessage;
}

/** A transaction whose accounts are all known. */
export interface ResolvedTransaction extends DecodedTransaction {
  /** Every account, fee payer first, those of lookup tables last. */
  readonly accounts: readonly PaperAccountMeta[];
  readonly loaded: LoadedAddresses;
  readonly instructions: readonly PaperInstruction[];
}

/** Addresses from lookup tables, in the order of the message. */
export interface LoadedAddresses {
  readonly writable: readonly Address[];
  readonly readonly: readonly Address[];
}

/** Bytes that are no transaction. */
export class MalformedTransaction extends Error {
  override readonly name = 'MalformedTransaction';
}

const base58 = getBase58Decoder();

/** Reads a serialized transaction of version 0 or legacy. Throws `MalformedTransaction`. */
export function decodeTransaction(bytes: Uint8Array): DecodedTransaction {
  if (bytes.length > MAX_TRANSACTION_BYTES) {
    throw new MalformedTransaction(
      `transaction too large: ${bytes.length} bytes (max: ${MAX_TRANSACTION_BYTES} bytes)`,
    );
  }
  try {
    return readTransaction(bytes);
  } catch (cause) {
    throw new MalformedTransaction('failed to deserialize transaction', { cause });
  }
}

function readTransaction(bytes: Uint8Array): DecodedTransaction {
  const { signatures, messageBytes, message } = decodeWire(bytes);
  const [first] = signatures;
  if (first === undefined) throw new RangeError('no signature');
  assertIndexes(message);
  const signature = base58.decode(first) as TxSignature;
  return { bytes, messageBytes, signature, signatures, blockhash: message.blockhash, message };
}

/** Programs stand in the message itself, accounts may come from tables (solana `sanitize`). */
function assertIndexes({ accounts, instructions, lookups }: DecodedMessage): void {
  const loaded = lookups.reduce((sum, each) => sum + each.writableIndexes.length + each.readonlyIndexes.length, 0);
  const isSane = instructions.every(
    ({ programIndex, accountIndices }) =>
      programIndex < accounts.length && accountIndices.every((index) => index < accounts.length + loaded),
  );
  if (!isSane) throw new RangeError('an index beyond the accounts');
}

/** The transaction with what its lookups stand for. */
export function withLoaded(transaction: DecodedTransaction, loaded: LoadedAddresses): ResolvedTransaction {
  const { message } = transaction;
  const accounts = [
    ...accountMetas(message),
    ...loaded.writable.map((address) => ({ address, isSigner: false, isWritable: true })),
    ...loaded.readonly.map((address) => ({ address, isSigner: false, isWritable: false })),
  ];
  const accountAt = (index: number): PaperAccountMeta => {
    const meta = accounts[index];
    if (meta === undefined) throw new RangeError('an index beyond the accounts');
    return meta;
  };
  const instructions = message.instructions.map(({ programIndex, accountIndices, data }) => ({
    programId: accountAt(programIndex).address,
    accounts: accountIndices.map(accountAt),
    data,
  }));
  return { ...transaction, accounts, loaded, instructions };
}

/** Signers come first, and within both halves those that may be written. */
function accountMetas(message: DecodedMessage): readonly PaperAccountMeta[] {
  const { signerCount, readonlySignerCount, readonlyOtherCount, accounts } = message;
  const writableSigners = signerCount - readonlySignerCount;
  const writableEnd = accounts.length - readonlyOtherCount;
  return accounts.map((address, i) => ({
    address,
    isSigner: i < signerCount,
    isWritable: i < signerCount ? i < writableSigners : i < writableEnd,
  }));
}

/** Whether every signer signed exactly these bytes. */
export function hasValidSignatures(transaction: DecodedTransaction): boolean {
  const { accounts, signerCount } = transaction.message;
  return accounts.slice(0, signerCount).every((address, i) => {
    const signature = transaction.signatures[i];
    return signature !== undefined && isSignedBy(address, transaction.messageBytes, signature);
  });
}
