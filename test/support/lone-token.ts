import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../../src/kernel/tokens/listed-tokens.js';

/** A listed token that no pool trades: nothing leads to it, not even around. `env` lists it. */
export const LONE = 'LONE';

export function listLoneToken(): { readonly TOKENS_FILE: string } {
  const path = join(mkdtempSync(join(tmpdir(), 'tokens-')), 'tokens.json');
  const mint = NATIVE_MINT.replace(/2$/, '4');
  writeFileSync(path, JSON.stringify([{ symbol: LONE, mint, decimals: 6, tokenProgram: TOKEN_PROGRAM }]));
  return { TOKENS_FILE: path };
}
