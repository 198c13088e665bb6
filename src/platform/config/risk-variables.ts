import { parseAmount } from '../../kernel/amount.js';
import type { TokenList } from '../../kernel/tokens/token-list.js';
import { USD_DECIMALS } from '../../kernel/tokens/usd.js';
import type { ConfigFault } from './config.errors.js';
import type { Config } from './config.js';
import type { Variables } from './variables.js';

/** What is wrong with the risk limits as a whole. */
export function riskFaults({ RISK_ALLOWED_TOKENS: names = [] }: Partial<Variables>, tokens: TokenList): ConfigFault[] {
  const isListed = names.every((name) => tokens.find(name) !== undefined);
  return isListed ? [] : [{ name: 'RISK_ALLOWED_TOKENS', rule: 'must be a comma list of listed tokens' }];
}

/** The limits, of variables that have no faults. */
export function riskOf(v: Variables, tokens: TokenList): Config['risk'] {
  const mints = v.RISK_ALLOWED_TOKENS?.map((name) => tokens.find(name)?.mint).filter((mint) => mint !== undefined);
  return {
    allowedMints: mints && new Set<string>(mints),
    maxOrderUsdMicros: usdMicros(v.RISK_MAX_ORDER_USD),
    maxDailyUsdMicros: usdMicros(v.RISK_MAX_DAILY_USD),
    maxDailyTotalUsdMicros: usdMicros(v.RISK_MAX_DAILY_USD_TOTAL),
    maxOpenOrders: v.RISK_MAX_OPEN_ORDERS,
    maxVenueDeviationBps: v.RISK_MAX_VENUE_DEVIATION_BPS,
  };
}

function usdMicros(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : parseAmount(text, USD_DECIMALS);
}
