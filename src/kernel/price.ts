/** Significant digits of every price that leaves the engine. */
const PRICE_DIGITS = 12;

/**
 * Quote per base as a canonical decimal string of 12 significant digits, rounded half to even.
 * Amounts are base units with their decimals; `baseAmount > 0`. Exact integer arithmetic throughout.
 */
export function formatPrice(
  quoteAmount: bigint,
  quoteDecimals: number,
  baseAmount: bigint,
  baseDecimals: number,
): string {
  if (quoteAmount === 0n) return '0';
  const numerator = quoteAmount * 10n ** BigInt(baseDecimals);
  const denominator = baseAmount * 10n ** BigInt(quoteDecimals);
  let exponent = digitsOf(numerator) - digitsOf(denominator) - PRICE_DIGITS;
  let mantissa = scaledHalfEven(numerator, denominator, exponent);
  // The quotient of two numbers of n and d digits has n - d or n - d + 1 digits before the point, so 12 or 13 here.
  if (digitsOf(mantissa) > PRICE_DIGITS) mantissa = scaledHalfEven(numerator, denominator, ++exponent);
  return plainDecimal(mantissa, exponent);
}

/** `numerator / denominator / 10^exponent`, rounded half to even. */
function scaledHalfEven(numerator: bigint, denominator: bigint, exponent: number): bigint {
  const n = exponent < 0 ? numerator * 10n ** BigInt(-exponent) : numerator;
  const d = exponent > 0 ? denominator * 10n ** BigInt(exponent) : denominator;
  const floor = n / d;
  const twiceRest = (n % d) * 2n;
  const roundsUp = twiceRest > d || (twiceRest === d && floor % 2n === 1n);
  return roundsUp ? floor + 1n : floor;
}

function digitsOf(value: bigint): number {
  return value.toString().length;
}

function plainDecimal(mantissa: bigint, exponent: number): string {
  if (exponent >= 0) return `${mantissa}${'0'.repeat(exponent)}`;
  const digits = mantissa.toString().padStart(1 - exponent, '0');
  const whole = digits.slice(0, digits.length + exponent);
  const fraction = digits.slice(digits.length + exponent).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
