import { EngineError, hasCode } from '../../../kernel/errors.js';
import { parseAmount } from '../../../kernel/amount.js';
import type { TokenList } from '../../../kernel/tokens/token-list.js';
import type { Token } from '../../../kernel/tokens/token.js';
import type { Config } from '../../config/config.js';
import { fieldFault } from '../field-fault.js';
import { amountText } from './decimal-amount.js';

/** The listed token of a symbol (any case) or mint. Throws `unsupported-token`. */
export function listedToken(tokens: TokenList, field: string, name: string): Token {
  const token = tokens.find(name);
  if (token === undefined) throw new EngineError('unsupported-token', `${field} is not a listed token`);
  return token;
}

/** The two listed tokens of a request. Throws `unsupported-token`, or `validation-failed` when they are the same. */
export function tradedPair(
  tokens: TokenList,
  names: { baseToken: string; quoteToken: string },
): { base: Token; quote: Token } {
  const base = listedToken(tokens, 'baseToken', names.baseToken);
  const quote = listedToken(tokens, 'quoteToken', names.quoteToken);
  if (base.mint === quote.mint) throw fieldFault('quoteToken', 'must differ from baseToken');
  return { base, quote };
}

/** A validated amount in base units of its token, larger than 0. Throws `validation-failed` that names `field`. */
export function amountIn(token: Pick<Token, 'decimals'>, field: string, amount: string | number): bigint {
  try {
    return parseAmount(amountText(amount), token.decimals);
  } catch (error) {
    if (hasCode(error, 'invalid-amount')) throw fieldFault(field, error.message);
    throw error;
  }
}

/** The slippage to use. Throws `validation-failed` above the configured maximum. */
export function slippageWithin(
  { defaultSlippageBps, maxSlippageBps }: Config['order'],
  asked: number | undefined,
): number {
  if (asked !== undefined && asked > maxSlippageBps)
    throw fieldFault('slippageBps', `must not be larger than ${maxSlippageBps}`);
  return asked ?? defaultSlippageBps;
}
