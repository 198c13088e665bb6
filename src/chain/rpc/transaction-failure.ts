import type { TransactionFailure } from '../chain-client.js';

/**
 * Reads a transaction's error as JSON-RPC gives it, null meaning none: a name, `{ InstructionError: [index, name or { Custom: n }] }`
 * or another single-key object, whose key is the name. Numbers may be bigints.
 */
export function readTransactionFailure(error: unknown): TransactionFailure | null {
  if (error === null || error === undefined) return null;
  if (typeof error === 'string') return whole(error);
  const [name, value] = onlyEntry(error);
  if (name !== 'InstructionError' || !Array.isArray(value)) return whole(name);
  const [index, reason] = value as unknown[];
  const instructionIndex = Number(index);
  if (typeof reason === 'string') return { instructionIndex, customCode: null, name: reason };
  const [kind, number] = onlyEntry(reason);
  return { instructionIndex, customCode: kind === 'Custom' ? Number(number) : null, name: kind };
}

function whole(name: string): TransactionFailure {
  return { instructionIndex: null, customCode: null, name };
}

function onlyEntry(value: unknown): readonly [string, unknown] {
  const entry = typeof value === 'object' && value !== null ? Object.entries(value)[0] : undefined;
  return entry ?? ['Unknown', undefined];
}
