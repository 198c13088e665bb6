import { chmodSync, writeFileSync } from 'node:fs';
import { addressToBytes } from '../../kernel/address.js';
import type { Genesis } from './ledger/genesis.js';

/** Writes the paper wallet as a Solana CLI keypair file (a JSON array of 64 bytes), readable by its owner only. */
export function writeWalletFile(path: string, { wallet, walletKey }: Pick<Genesis, 'wallet' | 'walletKey'>): void {
  // The last 32 bytes of an ed25519 PKCS #8 document are the seed (RFC 8410).
  const seed = walletKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  writeFileSync(path, JSON.stringify([...seed, ...addressToBytes(wallet)]), { mode: 0o600 });
  // The mode above is for a file that did not exist.
  chmodSync(path, 0o600);
}
