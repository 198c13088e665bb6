import { formatAmount } from '../../kernel/amount.js';
import { USD_DECIMALS, usdMicrosOf } from '../../kernel/tokens/usd.js';
import type { OrderTerms } from './order.js';

export type RiskRule =
  | 'allowed-tokens'
  | 'max-order-usd'
  | 'max-daily-usd'
  | 'max-daily-usd-total'
  | 'max-open-orders'
  | 'max-venue-deviation'
  | 'max-order-quote';

/** Why an order may not be traded. The message begins with the rule. */
export interface RiskObjection {
  readonly rule: RiskRule;
  readonly message: string;
}

/** The operator's limits on single orders; undefined: no limit. USD amounts are millionths. */
export interface OrderLimits {
  readonly allowedMints: ReadonlySet<string> | undefined;
  readonly maxOrderUsdMicros: bigint | undefined;
  readonly maxDailyUsdMicros: bigint | undefined;
  readonly maxDailyTotalUsdMicros: bigint | undefined;
}

const USD_RULES = [
  ['max-order-usd', 'maxOrderUsdMicros'],
  ['max-daily-usd', 'maxDailyUsdMicros'],
  ['max-daily-usd-total', 'maxDailyTotalUsdMicros'],
] as const;

export type TradedTerms = Pick<OrderTerms, 'side' | 'base' | 'quote' | 'amount' | 'quoteBound'>;

export function objection(rule: RiskRule, message: string): RiskObjection {
  return { rule, message: `${rule}: ${message}` };
}

/** What an order comes to. */
export interface OrderValue {
  /** Millionths of US dollars. */
  readonly usdMicros: bigint;
  /** The quote amount that is worth so much; null: it is the worth of the base side, which is exact. */
  readonly ofQuote: bigint | null;
}

/** Whether a limit needs to know what orders come to. */
export function needsValue(limits: OrderLimits): boolean {
  return USD_RULES.some(([, name]) => limits[name] !== undefined);
}

/** What is known before there is a quote: the tokens, and the least that the order can be worth. */
export function objectionToTerms(terms: TradedTerms, limits: OrderLimits): RiskObjection | null {
  const { allowedMints } = limits;
  const denied = [terms.base, terms.quote].find(({ mint }) => allowedMints?.has(mint) === false);
  if (denied !== undefined) return objection('allowed-tokens', `${denied.symbol} may not be traded`);
  const least = terms.side === 'sell' ? (terms.quoteBound ?? 0n) : 0n;
  const value = stableValue(terms, least);
  return value && objectionToValue(value, limits);
}

/** The same once it is known what the order comes to; null: nobody can tell, which is refused where a limit needs it. */
export function objectionToValue(value: OrderValue | null, limits: OrderLimits): RiskObjection | null {
  if (!needsValue(limits)) return null;
  if (value === null) return objection('max-order-usd', 'no pool tells what the order is worth in USDC or USDT');
  const { usdMicros } = value;
  const exceeded = USD_RULES.map(([rule, name]) => [rule, limits[name]] as const)
    .filter(isSet)
    .find(([, most]) => usdMicros > most);
  if (exceeded === undefined) return null;
  const [rule, most] = exceeded;
  return objection(rule, `the order comes to ${usdText(usdMicros)} USD; at most ${usdText(most)} are allowed`);
}

/** What an order that moves so much quote token comes to by its USDC or USDT side; null when it has none. */
export function stableValue({ base, quote, amount }: TradedTerms, quoteAmount: bigint): OrderValue | null {
  const ofBase = usdMicrosOf(base, amount);
  if (ofBase !== null) return { usdMicros: ofBase, ofQuote: null };
  const ofQuote = usdMicrosOf(quote, quoteAmount);
  return ofQuote === null ? null : { usdMicros: ofQuote, ofQuote: quoteAmount };
}

function isSet<R, T>(each: readonly [R, T | undefined]): each is readonly [R, T] {
  return each[1] !== undefined;
}

function usdText(micros: bigint): string {
  return formatAmount(micros, USD_DECIMALS);
}
