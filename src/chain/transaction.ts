import {
  type Blockhash,
  type Instruction,
  appendTransactionMessageInstructions,
  type AddressesByLookupTableAddress,
  compressTransactionMessageUsingAddressLookupTables,
  compileTransaction,
  createTransactionMessage,
  decompileTransactionMessage,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { ByteReader } from '../kernel/bytes.js';
import { EngineError } from '../kernel/errors.js';
import type { TxSignature, WireTransaction } from './chain-client.js';
import type { LookupTableAddresses } from './lookup-table.js';
import { decodeWire } from './message.js';
import { COMPUTE_BUDGET_PROGRAM, MEMO_PROGRAM, SET_COMPUTE_UNIT_LIMIT, SET_COMPUTE_UNIT_PRICE } from './programs.js';

/** The most bytes a serialized transaction may have: the IPv6 minimum MTU less headers (solana `PACKET_DATA_SIZE`). */
export const MAX_TRANSACTION_BYTES = 1_232;
const SIGNATURE_BYTES = 64;

const base58 = getBase58Decoder();
const transactionDecoder = getTransactionDecoder();
const messageDecoder = getCompiledTransactionMessageDecoder();

export interface UnsignedTransaction {
  readonly payer: Address;
  readonly blockhash: string;
  readonly lastValidBlockHeight: bigint;
  readonly instructions: readonly Instruction[];
  readonly computeUnitLimit: number;
  readonly computeUnitPriceMicroLamports: bigint;
  /** Tables that may shorten the message. They are used only when it would be too long without. */
  readonly lookupTables?: LookupTableAddresses;
}

/** What signed bytes say, read back from the bytes alone. */
export interface TransactionIntent {
  readonly signature: TxSignature;
  readonly feePayer: Address;
  /** How many keys must sign: 1 for everything this engine builds. */
  readonly signatureCount: number;
  readonly blockhash: string;
  readonly memo: string | null;
  readonly computeUnitLimit: number | null;
  readonly computeUnitPriceMicroLamports: bigint | null;
  /** Every instruction with its accounts and roles; roles are merged over the transaction. */
  readonly instructions: readonly Instruction[];
}

/**
 * Compiles a version 0 message whose only signer is the payer.
 * Throws `internal` when another signer is needed or the signed transaction would exceed 1,232 bytes.
 */
export function compileUnsigned(input: UnsignedTransaction): Uint8Array {
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (m) => setTransactionMessageFeePayer(input.payer, m),
    (m) =>
      setTransactionMessageLifetimeUsingBlockhash(
        { blockhash: input.blockhash as Blockhash, lastValidBlockHeight: input.lastValidBlockHeight },
        m,
      ),
    (m) => setTransactionMessageComputeUnitLimit(input.computeUnitLimit, m),
    (m) => setTransactionMessageComputeUnitPrice(input.computeUnitPriceMicroLamports, m),
    (m) => appendTransactionMessageInstructions(input.instructions, m),
  );
  const plain = compileTransaction(message);
  const compiled =
    signedSize(plain.messageBytes) > MAX_TRANSACTION_BYTES && input.lookupTables !== undefined
      ? compileTransaction(compressTransactionMessageUsingAddressLookupTables(message, kitTables(input.lookupTables)))
      : plain;
  if (Object.keys(compiled.signatures).length !== 1) {
    throw new EngineError('internal', 'the transaction needs a signer other than its payer');
  }
  const size = signedSize(compiled.messageBytes);
  if (size > MAX_TRANSACTION_BYTES) {
    throw new EngineError('internal', `the transaction has ${size} bytes, more than ${MAX_TRANSACTION_BYTES}`);
  }
  return new Uint8Array(compiled.messageBytes);
}

function signedSize(messageBytes: { readonly length: number }): number {
  return 1 + SIGNATURE_BYTES + messageBytes.length;
}

/** Kit's type asks for lists that may be changed, and changes none. */
function kitTables(tables: LookupTableAddresses): AddressesByLookupTableAddress {
  return tables as AddressesByLookupTableAddress;
}

/** Puts the payer's 64-byte signature before the message. 64 zero bytes make the unsigned transaction that simulation takes. */
export function assembleWire(message: Uint8Array, signature: Uint8Array): WireTransaction {
  if (signature.length !== SIGNATURE_BYTES) throw new EngineError('internal', 'a signature has 64 bytes');
  return Buffer.concat([Uint8Array.of(1), signature, message]).toString('base64') as WireTransaction;
}

/** The unsigned form of a message, for simulation. */
export function unsignedWire(message: Uint8Array): WireTransaction {
  return assembleWire(message, new Uint8Array(SIGNATURE_BYTES));
}

/** The fee payer's signature, which names the transaction. The bytes must be a serialized transaction. */
export function signatureOf(wire: WireTransaction): TxSignature {
  return base58.decode(Buffer.from(wire, 'base64').subarray(1, 1 + SIGNATURE_BYTES)) as TxSignature;
}

/** The program of every instruction, compute budget included, in order. Throws `RangeError` when the bytes are no transaction. */
export function programsOf(wire: WireTransaction): readonly (Address | undefined)[] {
  const { accounts, instructions } = decodeWire(Buffer.from(wire, 'base64')).message;
  return instructions.map(({ programIndex }) => accounts[programIndex]);
}

/**
 * Reads a transaction back from its bytes, with the tables that it was built with.
 * Throws `internal` when the bytes are none, or name other tables.
 */
export function decodeIntent(wire: WireTransaction, tables: LookupTableAddresses = {}): TransactionIntent {
  try {
    return readIntent(wire, tables);
  } catch (cause) {
    throw new EngineError('internal', 'the bytes are not a transaction of this engine', { cause });
  }
}

function readIntent(wire: WireTransaction, tables: LookupTableAddresses): TransactionIntent {
  const bytes = Buffer.from(wire, 'base64');
  if (bytes.length > MAX_TRANSACTION_BYTES) throw new RangeError('too many bytes');
  const message = messageDecoder.decode(transactionDecoder.decode(bytes).messageBytes);
  if (message.version === 1) throw new RangeError('version 1');
  const instructions = decompileTransactionMessage(message, {
    addressesByLookupTableAddress: kitTables(tables),
  }).instructions;
  const feePayer = message.staticAccounts[0];
  if (feePayer === undefined) throw new RangeError('no accounts');
  return {
    signature: signatureOf(wire),
    feePayer,
    signatureCount: message.header.numSignerAccounts,
    blockhash: message.lifetimeToken,
    memo: memoOf(instructions),
    ...computeBudgetOf(instructions),
    instructions,
  };
}

function memoOf(instructions: readonly Instruction[]): string | null {
  const found = instructions.find((instruction) => instruction.programAddress === MEMO_PROGRAM);
  return found === undefined ? null : Buffer.from(found.data ?? []).toString('utf8');
}

function computeBudgetOf(
  instructions: readonly Instruction[],
): Pick<TransactionIntent, 'computeUnitLimit' | 'computeUnitPriceMicroLamports'> {
  let computeUnitLimit: number | null = null;
  let computeUnitPriceMicroLamports: bigint | null = null;
  for (const { programAddress, data } of instructions) {
    if (programAddress !== COMPUTE_BUDGET_PROGRAM || data === undefined) continue;
    const reader = new ByteReader(new Uint8Array(data));
    if (data[0] === SET_COMPUTE_UNIT_LIMIT) computeUnitLimit = reader.u32(1);
    if (data[0] === SET_COMPUTE_UNIT_PRICE) computeUnitPriceMicroLamports = reader.u64(1);
  }
  return { computeUnitLimit, computeUnitPriceMicroLamports };
}
