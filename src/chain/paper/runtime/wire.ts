import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getInstructionsFromCompiledTransactionMessage,
  getTransactionDecoder,
  isSignerRole,
  isWritableRole,
} from '@solana/kit';
import { type Address, addressToBytes } from '../../../kernel/address.js';
import type { TxSignature } from '../../chain-client.js';
import { MAX_TRANSACTION_BYTES } from '../../transaction.js';
import type { PaperAccountMeta, PaperInstruction } from '../paper-program.js';

/** A transaction read from its bytes; nothing about it is checked but its form. */
export interface DecodedTransaction {
  readonly bytes: Uint8Array;
  readonly messageBytes: Uint8Array;
  readonly signature: TxSignature;
  /** One a signer, in the order of the message; null where 64 zero bytes stand. */
  readonly signatures: readonly (Uint8Array | null)[];
  readonly blockhash: string;
  /** Every account of the message, fee payer first. */
  readonly accounts: readonly PaperAccountMeta[];
  readonly instructions: readonly PaperInstruction[];
  /** The paper chain has no lookup tables, so a transaction that names one cannot run. */
  readonly usesLookupTables: boolean;
}

/** Bytes that are no transaction. */
export class MalformedTransaction extends Error {
  override readonly name = 'MalformedTransaction';
}

const transactionDecoder = getTransactionDecoder();
const messageDecoder = getCompiledTransactionMessageDecoder();
const base58 = getBase58Decoder();
/** DER head of an ed25519 SubjectPublicKeyInfo (RFC 8410), before the 32 key bytes. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_CACHE_LIMIT = 1_000;
const keys = new Map<Address, KeyObject>();

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
  const { messageBytes, signatures } = transactionDecoder.decode(bytes);
  const message = messageDecoder.decode(messageBytes);
  if (message.version === 1) throw new RangeError('version 1');
  const usesLookupTables = 'addressTableLookups' in message && (message.addressTableLookups?.length ?? 0) > 0;
  const first = Object.values(signatures)[0];
  if (first === undefined) throw new RangeError('no signature');
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  const writableSigners = numSignerAccounts - numReadonlySignerAccounts;
  const writableEnd = message.staticAccounts.length - numReadonlyNonSignerAccounts;
  return {
    bytes,
    messageBytes: new Uint8Array(messageBytes),
    signature: base58.decode(first ?? new Uint8Array(64)) as TxSignature,
    signatures: Object.values(signatures),
    blockhash: message.lifetimeToken,
    accounts: message.staticAccounts.map((address, i) => ({
      address,
      isSigner: i < numSignerAccounts,
      isWritable: i < numSignerAccounts ? i < writableSigners : i < writableEnd,
    })),
    instructions: usesLookupTables
      ? []
      : getInstructionsFromCompiledTransactionMessage(message, { readonly: [], writable: [] }).map((instruction) => ({
          programId: instruction.programAddress,
          accounts: (instruction.accounts ?? []).map(({ address, role }) => ({
            address,
            isSigner: isSignerRole(role),
            isWritable: isWritableRole(role),
          })),
          data: new Uint8Array(instruction.data ?? []),
        })),
    usesLookupTables,
  };
}

/** Whether every signer signed exactly these bytes. */
export function hasValidSignatures(transaction: DecodedTransaction): boolean {
  const signers = transaction.accounts.filter((account) => account.isSigner);
  if (signers.length !== transaction.signatures.length) return false;
  return signers.every(({ address }, i) => {
    const signature = transaction.signatures[i];
    return (
      signature !== undefined &&
      signature !== null &&
      verify(null, transaction.messageBytes, publicKey(address), signature)
    );
  });
}

function publicKey(address: Address): KeyObject {
  const known = keys.get(address);
  if (known !== undefined) return known;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_HEAD, addressToBytes(address)]),
    format: 'der',
    type: 'spki',
  });
  if (keys.size >= KEY_CACHE_LIMIT) keys.clear();
  keys.set(address, key);
  return key;
}
