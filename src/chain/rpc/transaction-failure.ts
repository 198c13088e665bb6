import type { TransactionFailure } from '../chain-client.js';

/**
 * Reads a transaction's error as JSON-RPC gives it, null meaning none: a name, `{ InstructionError: [index, name or { Custom: n }] }`
 * or another single-key object, whose key is the name. Numbers may be bigints.
 * Throws `RangeError` for anything else: nonsense must not be taken for an outcome, neither good nor bad.
 */
export function readTransactionFailure(error: unknown): TransactionFailure | null {
  if (error === null) return null;
  if (typeof error === 'string') return whole(error);
  const [name, value] = onlyEntry(error);
  if (name !== 'InstructionError') return whole(name);
  if (!Array.isArray(value) || value.length !== 2) throw new RangeError('not an instruction error');
  const [index, reason] = value as unknown[];
  const instructionIndex = count(index);
  if (typeof reason === 'string') return { instructionIndex, customCode: null, name: reason };
  const [kind, number] = onlyEntry(reason);
  return { instructionIndex, customCode: kind === 'Custom' ? count(number) : null, name: kind };
}

function whole(name: string): TransactionFailure {
  return { instructionIndex: null, customCode: null, name };
}

function onlyEntry(value: unknown): readonly [string, unknown] {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) throw new RangeError('not a transaction error');
  return entry;
}

function count(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) throw new RangeError('not a count');
  return number;
}
