import { type Address, asAddress } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import type { Account, AccountMap, ChainTime } from '../../chain/account.js';
import type { SwapMode } from '../domain/swap.js';

/** One recorded swap: the amounts that a real program moved, or its refusal. */
export interface VectorCase {
  readonly swapMode: SwapMode;
  readonly inputMint: Address;
  readonly amount: bigint;
  /** null where the program refused. */
  readonly amounts: { readonly inAmount: bigint; readonly outAmount: bigint } | null;
}

/** One pool at one moment, and what a real program did with swaps of it. */
export interface VectorFile {
  readonly programId: Address;
  readonly pool: Address;
  readonly time: ChainTime;
  /** A quoter may decline the pool as a whole. */
  readonly optional: boolean;
  readonly accounts: AccountMap;
  readonly cases: readonly VectorCase[];
}

/** Reads a recorded file. Throws `validation-failed` that says what is wrong with it. */
export function parseVectorFile(text: string): VectorFile {
  const file = asRecord(parseJson(text), 'the file');
  const clock = asRecord(file.clock, 'clock');
  return {
    programId: asKey(file.programId, 'programId'),
    pool: asKey(file.pool, 'pool'),
    time: {
      slot: asInteger(clock.slot, 'clock.slot'),
      unixTimestamp: asInteger(clock.unixTimestamp, 'clock.unixTimestamp'),
      epoch: asInteger(clock.epoch, 'clock.epoch'),
    },
    optional: file.optional === true,
    accounts: parseAccounts(asRecord(file.accounts, 'accounts')),
    cases: asList(file.cases, 'cases').map((entry, i) => parseCase(asRecord(entry, `cases[${i}]`), `cases[${i}]`)),
  };
}

function parseAccounts(entries: Record<string, unknown>): AccountMap {
  const accounts = new Map<Address, Account>();
  for (const [key, value] of Object.entries(entries)) {
    const entry = asRecord(value, `accounts.${key}`);
    const address = asKey(key, 'an account');
    const owner = asKey(entry.owner, `owner of ${key}`);
    const lamports = asInteger(entry.lamports, `lamports of ${key}`);
    const data = Uint8Array.from(Buffer.from(asText(entry.data, `data of ${key}`), 'base64'));
    accounts.set(address, { address, owner, lamports, data });
  }
  return accounts;
}

function parseCase(entry: Record<string, unknown>, where: string): VectorCase {
  if (entry.swapMode !== 'ExactIn' && entry.swapMode !== 'ExactOut') throw malformed(`${where}.swapMode`);
  if (typeof entry.ok !== 'boolean') throw malformed(`${where}.ok`);
  return {
    swapMode: entry.swapMode,
    inputMint: asKey(entry.inputMint, `${where}.inputMint`),
    amount: asInteger(entry.amount, `${where}.amount`),
    amounts: entry.ok
      ? {
          inAmount: asInteger(entry.inAmount, `${where}.inAmount`),
          outAmount: asInteger(entry.outAmount, `${where}.outAmount`),
        }
      : null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new EngineError('validation-failed', 'not JSON', { cause });
  }
}

function malformed(what: string): EngineError {
  return new EngineError('validation-failed', `${what} is missing or malformed`);
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(what);
  return value as Record<string, unknown>;
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(what);
  return value;
}

function asText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw malformed(what);
  return value;
}

function asKey(value: unknown, what: string): Address {
  const key = asAddress(asText(value, what));
  if (key === null) throw malformed(what);
  return key;
}

function asInteger(value: unknown, what: string): bigint {
  const isInteger =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isInteger) throw malformed(what);
  return BigInt(value as number | string);
}
