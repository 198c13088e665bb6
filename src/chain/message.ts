import { type Address, addressFromBytes, addressToBytes } from '../kernel/address.js';
import { ByteWriter } from '../kernel/bytes.js';
import { COMPUTE_BUDGET_PROGRAM, SET_COMPUTE_UNIT_LIMIT, SET_COMPUTE_UNIT_PRICE } from './programs.js';

const VERSION_AND_HEADER_BYTES = 4;
const computeBudgetProgram = addressToBytes(COMPUTE_BUDGET_PROGRAM);

/** A compiled message, legacy or version 0, read from its bytes. Kit's decoder takes ten times as long, most of it base58. */
export interface DecodedMessage {
  readonly version: 'legacy' | 0;
  readonly signerCount: number;
  readonly readonlySignerCount: number;
  readonly readonlyOtherCount: number;
  /** Fee payer first; those of lookup tables are not among them. */
  readonly accounts: readonly Address[];
  readonly blockhash: string;
  readonly instructions: readonly CompiledInstruction[];
  /** Accounts that come from tables: all writable ones follow the message's own, then all read-only ones. */
  readonly lookups: readonly TableLookup[];
}

interface TableLookup {
  readonly table: Address;
  readonly writableIndexes: readonly number[];
  readonly readonlyIndexes: readonly number[];
}

interface CompiledInstruction {
  readonly programIndex: number;
  readonly accountIndices: readonly number[];
  readonly data: Uint8Array;
}

export interface DecodedWire {
  /** 64 bytes each, zeros where nobody has signed. */
  readonly signatures: readonly Uint8Array[];
  readonly messageBytes: Uint8Array;
  readonly message: DecodedMessage;
}

/** Reads a serialized transaction. Throws `RangeError` on anything but exactly one, of version 0 or legacy. */
export function decodeWire(bytes: Uint8Array): DecodedWire {
  const cursor = new Cursor(bytes);
  const signatures = cursor.list(() => cursor.take(64));
  const messageBytes = bytes.subarray(cursor.offset);
  const message = decodeMessage(cursor);
  if (signatures.length === 0 || signatures.length !== message.signerCount)
    throw new RangeError('wrong signature count');
  return { signatures, messageBytes, message };
}

function decodeMessage(cursor: Cursor): DecodedMessage {
  const version = decodeVersion(cursor);
  const [signerCount, readonlySignerCount, readonlyOtherCount] = [cursor.u8(), cursor.u8(), cursor.u8()];
  const accounts = cursor.list(() => addressFromBytes(cursor.take(32)));
  const blockhash = addressFromBytes(cursor.take(32));
  const instructions = cursor.list(() => decodeInstruction(cursor));
  const lookups = version === 0 ? decodeLookups(cursor) : [];
  if (!cursor.isAtEnd) throw new RangeError('bytes after the message');
  if (readonlySignerCount >= signerCount || signerCount + readonlyOtherCount > accounts.length) {
    throw new RangeError('impossible header');
  }
  return {
    version,
    signerCount,
    readonlySignerCount,
    readonlyOtherCount,
    accounts,
    blockhash,
    instructions,
    lookups,
  };
}

/** What changes between a simulated message and the one that is signed. */
export interface MessageTerms {
  readonly blockhash: string;
  readonly computeUnitLimit: number;
  readonly computeUnitPriceMicroLamports: bigint;
}

/**
 * A version 0 message that sets both compute budgets, under other terms: the same as compiling it anew, which costs most of a transaction's
 * making. Throws `RangeError` when the bytes are no message.
 */
export function underTerms(message: Uint8Array, terms: MessageTerms): Uint8Array {
  const bytes = Uint8Array.from(message);
  const cursor = new Cursor(bytes);
  cursor.take(VERSION_AND_HEADER_BYTES);
  const accounts = cursor.list(() => cursor.take(32));
  cursor.take(32).set(addressToBytes(terms.blockhash as Address));
  for (const { programIndex, data } of cursor.list(() => decodeInstruction(cursor))) {
    if (!computeBudgetProgram.every((byte, i) => accounts[programIndex]?.[i] === byte)) continue;
    const writer = new ByteWriter(data);
    if (data[0] === SET_COMPUTE_UNIT_LIMIT) writer.u32(1, terms.computeUnitLimit);
    if (data[0] === SET_COMPUTE_UNIT_PRICE) writer.u64(1, terms.computeUnitPriceMicroLamports);
  }
  return bytes;
}

function decodeInstruction(cursor: Cursor): CompiledInstruction {
  return {
    programIndex: cursor.u8(),
    accountIndices: cursor.list(() => cursor.u8()),
    data: cursor.take(cursor.length()),
  };
}

/** The first bit of a message tells whether the other seven are a version. */
function decodeVersion(cursor: Cursor): 'legacy' | 0 {
  const first = cursor.peek();
  if (first < 0x80) return 'legacy';
  if (first > 0x80) throw new RangeError('unknown version');
  cursor.u8();
  return 0;
}

function decodeLookups(cursor: Cursor): readonly TableLookup[] {
  return cursor.list(() => ({
    table: addressFromBytes(cursor.take(32)),
    writableIndexes: cursor.list(() => cursor.u8()),
    readonlyIndexes: cursor.list(() => cursor.u8()),
  }));
}

class Cursor {
  offset = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.offset === this.bytes.length;
  }

  peek(): number {
    const byte = this.bytes[this.offset];
    if (byte === undefined) throw new RangeError('the bytes are cut off');
    return byte;
  }

  u8(): number {
    const byte = this.peek();
    this.offset++;
    return byte;
  }

  /** Solana's compact u16: seven bits a byte, lowest first. */
  length(): number {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a length exceeds 16 bits');
  }

  take(count: number): Uint8Array {
    const end = this.offset + count;
    if (end > this.bytes.length) throw new RangeError('the bytes are cut off');
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  list<T>(read: () => T): T[] {
    const count = this.length();
    return Array.from({ length: count }, read);
  }
}
