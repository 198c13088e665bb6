import { divCeil } from '../math.js';
import { DEFAULT_TOKENS } from './listed-tokens.js';
import type { Token } from './token.js';

/** US dollars in millionths, as stable tokens have them. */
export const USD_DECIMALS = 6;

const STABLE_SYMBOLS = ['USDC', 'USDT'];
/** Tokens that count one for one in US dollars. */
export const STABLE_TOKENS: readonly Token[] = DEFAULT_TOKENS.filter(({ symbol }) => STABLE_SYMBOLS.includes(symbol));
const STABLE_MINTS: ReadonlySet<string> = new Set(STABLE_TOKENS.map(({ mint }) => mint));

/** An amount of USDC or USDT in millionths of a US dollar, one for one, rounded up; null for other tokens. */
export function usdMicrosOf({ mint, decimals }: Pick<Token, 'mint' | 'decimals'>, amount: bigint): bigint | null {
  if (!STABLE_MINTS.has(mint)) return null;
  return divCeil(amount * 10n ** BigInt(USD_DECIMALS), 10n ** BigInt(decimals));
}
