import { ValidateBy, type ValidationOptions } from 'class-validator';

const PLAIN_DECIMAL = /^(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
/** 20 digits before the point and 20 after cover every u64 at any decimals a mint in use has. */
const LONGEST = 64;

const STRING_RULE = 'must be a plain decimal string such as "2.5", larger than 0';
const AMOUNT_RULE =
  'must be a plain decimal string such as "2.5", or a JSON number of at most 15 significant digits, larger than 0';

/** A member that is a token amount: a plain decimal string, or a JSON number (whose text the body parser has checked). */
export function IsDecimalAmount(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDecimalAmount',
      validator: {
        validate: (value: unknown) =>
          isPositiveDecimal(value) || (typeof value === 'number' && Number.isFinite(value) && value > 0),
        defaultMessage: () => AMOUNT_RULE,
      },
    },
    options,
  );
}

/** A member that is a token amount as a plain decimal string. */
export function IsDecimalString(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    { name: 'isDecimalString', validator: { validate: isPositiveDecimal, defaultMessage: () => STRING_RULE } },
    options,
  );
}

function isPositiveDecimal(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST && PLAIN_DECIMAL.test(value) && /[1-9]/.test(value);
}

/**
 * A validated amount as the text that `parseAmount` reads. A number of at most 15 significant digits survives the way through a
 * double, so its shortest notation is what the caller wrote.
 */
export function amountText(amount: string | number): string {
  if (typeof amount === 'string') return amount;
  const [mantissa = '', exponent = '0'] = amount.toString().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const split = Math.max(1, point);
  return digits.length === split ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`;
}
