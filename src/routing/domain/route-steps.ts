import { formatAmount } from '../../kernel/amount.js';
import type { RouteStep } from '../../kernel/quotes.js';
import type { TokenList } from '../../kernel/tokens/token-list.js';
import type { Route } from './route.js';

/** The swaps of a route as they are stored and shown. Its mints have to be listed. */
export function routeSteps(tokens: TokenList, route: Route): RouteStep[] {
  const format = (amount: bigint, mint: string) => formatAmount(amount, tokens.find(mint)?.decimals ?? 0);
  return route.swaps.map(({ leg, pool, inputMint, outputMint, inAmount, outAmount, shareBps }) => ({
    leg,
    venue: pool.venue,
    program: pool.program,
    pool: pool.address,
    inputMint,
    outputMint,
    inAmount: format(inAmount, inputMint),
    outAmount: format(outAmount, outputMint),
    shareBps,
  }));
}
