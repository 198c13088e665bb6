import { EngineError } from '../errors.js';
import type { Token } from './token.js';

/** The tokens this engine trades, found by symbol in any case or by mint. */
export class TokenList {
  private readonly bySymbol = new Map<string, Token>();
  private readonly byMint = new Map<string, Token>();

  /** Throws `validation-failed` when two tokens share a symbol or a mint. */
  constructor(readonly tokens: readonly Token[]) {
    for (const token of tokens) {
      const symbol = upperCase(token.symbol);
      if (this.bySymbol.has(symbol) || this.byMint.has(token.mint)) {
        throw new EngineError('validation-failed', `token ${token.symbol} is listed twice`);
      }
      this.bySymbol.set(symbol, token);
      this.byMint.set(token.mint, token);
    }
  }

  /** The token of a symbol (any case) or mint address, or undefined when it is not listed. */
  find(symbolOrMint: string): Token | undefined {
    return this.byMint.get(symbolOrMint) ?? this.bySymbol.get(upperCase(symbolOrMint));
  }
}

/** Symbols are ASCII. By the rules of Unicode `ſol` would be `SOL` in upper case too. */
function upperCase(symbol: string): string {
  return symbol.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
