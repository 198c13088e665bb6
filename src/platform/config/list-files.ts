import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Address, isAddress } from '../../kernel/address.js';
import { EngineError } from '../../kernel/errors.js';
import { DEFAULT_TOKENS, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import type { Token } from '../../kernel/tokens/token.js';
import { TokenList } from '../../kernel/tokens/token-list.js';
import type { ConfigFault } from './config.errors.js';

const tokensFile = z.array(
  z.strictObject({
    symbol: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/),
    mint: z.string().refine(isAddress),
    decimals: z.int().min(0).max(18),
    tokenProgram: z.enum([TOKEN_PROGRAM, TOKEN_2022_PROGRAM]),
  }),
);

const poolsFile = z.array(z.string().refine(isAddress)).nonempty();

/** The default tokens and those of `TOKENS_FILE`. */
export function readTokens(path: string | undefined, faults: ConfigFault[]): TokenList {
  try {
    const more = path === undefined ? [] : tokensFile.parse(readJson(path));
    return new TokenList([...DEFAULT_TOKENS, ...more.map(toToken)]);
  } catch (error) {
    faults.push({ name: 'TOKENS_FILE', rule: ruleBroken(error) });
    return new TokenList(DEFAULT_TOKENS);
  }
}

/** The addresses of `POOLS_FILE`, each once; undefined without one. */
export function readPools(path: string | undefined, faults: ConfigFault[]): readonly Address[] | undefined {
  if (path === undefined) return undefined;
  try {
    return [...new Set(poolsFile.parse(readJson(path)))];
  } catch (error) {
    faults.push({ name: 'POOLS_FILE', rule: ruleBroken(error) });
    return undefined;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function toToken(row: z.infer<typeof tokensFile>[number]): Token {
  return { ...row, mint: row.mint, tokenProgram: row.tokenProgram };
}

/** Names the place, never what stands there. */
function ruleBroken(error: unknown): string {
  if (error instanceof EngineError) return error.message;
  if (error instanceof z.ZodError) {
    return `breaks its shape at ${error.issues.map((issue) => issue.path.join('.') || 'the top').join(', ')}`;
  }
  if (error instanceof SyntaxError) return 'is not JSON';
  return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`;
}
