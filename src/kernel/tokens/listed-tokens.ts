import { address } from '../address.js';
import type { Token } from './token.js';

export const TOKEN_PROGRAM = address('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
export const TOKEN_2022_PROGRAM = address('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
/** Wrapped SOL: the mint under which SOL is traded. */
export const NATIVE_MINT = address('So11111111111111111111111111111111111111112');

/** Mainnet mints of the tokens that every installation knows. */
export const DEFAULT_TOKENS: readonly Token[] = [
  { symbol: 'SOL', mint: NATIVE_MINT, decimals: 9, tokenProgram: TOKEN_PROGRAM },
  {
    symbol: 'USDC',
    mint: address('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'),
    decimals: 6,
    tokenProgram: TOKEN_PROGRAM,
  },
  {
    symbol: 'USDT',
    mint: address('Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB'),
    decimals: 6,
    tokenProgram: TOKEN_PROGRAM,
  },
  {
    symbol: 'RAY',
    mint: address('4k3Dyjzvzp8eMZWUXbBCjEvwSkkk59S5iCNLY3QrkX6R'),
    decimals: 6,
    tokenProgram: TOKEN_PROGRAM,
  },
  {
    symbol: 'BONK',
    mint: address('DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263'),
    decimals: 5,
    tokenProgram: TOKEN_PROGRAM,
  },
  {
    symbol: 'JUP',
    mint: address('JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN'),
    decimals: 6,
    tokenProgram: TOKEN_PROGRAM,
  },
  {
    symbol: 'ORCA',
    mint: address('orcaEKTdK7LKz57vaAYr9QeNsVEPfiu6QeMU1kektZE'),
    decimals: 6,
    tokenProgram: TOKEN_PROGRAM,
  },
];
