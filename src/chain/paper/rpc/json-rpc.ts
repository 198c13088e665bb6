import { type Address, asAddress } from '../../../kernel/address.js';
import type { Commitment } from '../../chain-client.js';
import type { JsonValue } from '../../json.js';

export type { JsonValue } from '../../json.js';

/** Error codes of JSON-RPC and of Solana's nodes (agave `rpc-client-api/custom_error.rs`). */
export const RpcCode = {
  PreflightFailure: -32002,
  SignatureVerificationFailure: -32003,
  UnsupportedTransactionVersion: -32015,
  MinContextSlotNotReached: -32016,
  ParseError: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  Internal: -32603,
} as const;

/** An error answer. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';

  constructor(
    readonly code: number,
    message: string,
    readonly data?: JsonValue,
  ) {
    super(message);
  }
}

/** The parameters of a call, read one by one. Every reader throws `InvalidParams`. */
export class RpcParams {
  private readonly values: readonly unknown[];

  constructor(params: unknown) {
    if (params !== undefined && !Array.isArray(params)) throw invalid('`params` should be an array');
    this.values = params ?? [];
  }

  /** As it came. */
  at(index: number): unknown {
    return this.values[index];
  }

  string(index: number): string {
    const value = this.values[index];
    if (typeof value !== 'string') throw invalid(`expected a string at ${index}`);
    return value;
  }

  address(index: number): Address {
    return toAddress(this.values[index]);
  }

  strings(index: number, most: number): readonly string[] {
    const value = this.values[index];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw invalid('expected strings');
    if (value.length > most) throw invalid(`Too many inputs provided; max ${most}`);
    return value;
  }

  addresses(index: number, most: number): readonly Address[] {
    return this.strings(index, most).map(toAddress);
  }

  number(index: number): number {
    const value = toNumber(this.values[index]);
    if (value === undefined) throw invalid(`expected a number at ${index}`);
    return value;
  }

  /** The options object, empty when absent. */
  options(index: number): RpcOptions {
    const value = this.values[index] ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw invalid('expected an object of options');
    return new RpcOptions(value as Record<string, unknown>);
  }
}

export class RpcOptions {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  /** Absent means finalized, as on every node. */
  get commitment(): Commitment {
    const value = this.values.commitment ?? 'finalized';
    if (value === 'processed' || value === 'confirmed' || value === 'finalized') return value;
    throw invalid('unknown commitment');
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  number(name: string): number | undefined {
    return toNumber(this.values[name]);
  }

  string(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  list(name: string): readonly unknown[] {
    const value = this.values[name] ?? [];
    if (!Array.isArray(value)) throw invalid(`${name} should be an array`);
    return value;
  }

  object(name: string): RpcOptions | undefined {
    return asOptions(this.values[name]);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }
}

export function asOptions(value: unknown): RpcOptions | undefined {
  return typeof value === 'object' && value !== null ? new RpcOptions(value as Record<string, unknown>) : undefined;
}

export function invalid(message: string): RpcFault {
  return new RpcFault(RpcCode.InvalidParams, `Invalid params: ${message}`);
}

function toAddress(value: unknown): Address {
  const found = typeof value === 'string' ? asAddress(value) : null;
  if (found === null) throw invalid('Invalid pubkey');
  return found;
}

function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
