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

/** What is known before there is a quote: the tokens, and the least that the order can be worth. */
export function objectionToTerms(terms: TradedTerms, limits: OrderLimits): RiskObjection | null {
  const { allowedMints } = limits;
  const denied = [terms.base, terms.quote].find(({ mint }) => allowedMints?.has(mint) === false);
  if (denied !== undefined) return objection('allowed-tokens', `${denied.symbol} may not be traded`);
  const least = terms.side === 'sell' ? (terms.quoteBound ?? 0n) : 0n;
  return objectionToSize(terms, least, limits);
}

/** The same once it is known how much quote token the order moves. An order that can't be valued is refused where a limit needs its value. */
export function objectionToSize(terms: TradedTerms, quoteAmount: bigint, limits: OrderLimits): RiskObjection | null {
  const usdLimits = USD_RULES.map(([rule, name]) => [rule, limits[name]] as const).filter(isSet);
  if (usdLimits.length === 0) return null;
  const worth = orderUsdMicros(terms, quoteAmount);
  if (worth === null)
    return objection('max-order-usd', 'neither token is USDC or USDT, so the order has no known value');
  const exceeded = usdLimits.find(([, most]) => worth > most);
  if (exceeded === undefined) return null;
  const [rule, most] = exceeded;
  return objection(rule, `the order comes to ${usdText(worth)} USD; at most ${usdText(most)} are allowed`);
}

/** What an order moves, by its USDC or USDT side; null when it has none. The base side is exact. */
export function orderUsdMicros({ base, quote, amount }: TradedTerms, quoteAmount: bigint): bigint | null {
  return usdMicrosOf(base, amount) ?? usdMicrosOf(quote, quoteAmount);
}

function isSet<R, T>(each: readonly [R, T | undefined]): each is readonly [R, T] {
  return each[1] !== undefined;
}

function usdText(micros: bigint): string {
  return formatAmount(micros, USD_DECIMALS);
}
