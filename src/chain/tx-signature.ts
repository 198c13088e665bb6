import { isSignature } from '@solana/kit';
import type { TxSignature } from './chain-client.js';

/** `text` as a transaction's signature, or null when it is not 64 bytes of base58. */
export function asTxSignature(text: string): TxSignature | null {
  return isSignature(text) ? (text as string as TxSignature) : null;
}
