import { EngineError } from './errors.js';
import { U64_MAX } from './math.js';

/** A token amount in the mint's base units, `0 … 2^64 - 1`. */
export type Amount = bigint & { readonly __brand: 'Amount' };

/** Brands a bigint as an amount. Throws `invalid-amount` outside u64. */
export function toAmount(value: bigint): Amount {
  if (value < 0n || value > U64_MAX) throw new EngineError('invalid-amount', 'amount is outside the u64 range');
  return value as Amount;
}

const DECIMAL = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
/** 20 digits before the point and 20 after cover every u64 at any decimals a mint in use has. */
const LONGEST_DECIMAL = 64;

/**
 * Reads a plain decimal string (`"2.5"`) as base units, exactly.
 * Throws `invalid-amount`, with a message fit for the caller, on signs, exponents, leading zeros, white space, more decimals
 * than the mint has, or a value outside u64. Zero is allowed here; the order decides whether it is.
 */
export function parseAmount(text: string, decimals: number): Amount {
  if (text.length > LONGEST_DECIMAL || !DECIMAL.test(text)) {
    throw new EngineError('invalid-amount', 'must be a plain decimal number such as "2.5"');
  }
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length > decimals) {
    throw new EngineError('invalid-amount', `must have at most ${decimals} decimals`);
  }
  const value = BigInt(whole + fraction.padEnd(decimals, '0'));
  if (value > U64_MAX) throw new EngineError('invalid-amount', 'must fit into 64 bits of base units');
  return value as Amount;
}

/**
 * Whether an amount in base units is more than a plain decimal number of whole tokens, exactly. The number need not be an amount of that
 * token: it may have more decimals, or lie beyond u64.
 */
export function isMoreThan(amount: bigint, decimals: number, limit: string): boolean {
  const [whole = '0', fraction = ''] = limit.split('.');
  return amount * 10n ** BigInt(fraction.length) > BigInt(whole + fraction) * 10n ** BigInt(decimals);
}

/** Writes base units as the canonical decimal string: exact, no exponent, no trailing zeros. */
export function formatAmount(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
