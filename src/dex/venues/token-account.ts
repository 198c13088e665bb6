import type { Address } from '../../kernel/address.js';
import type { Account } from '../../chain/account.js';
import { TOKEN_ACCOUNT_SIZE } from '../../chain/programs.js';

/** Where the amount stands, the same in both token programs. */
const TOKEN_AMOUNT_AT = 64;

/** The balance of a pool's vault in base units, or null when the account is not one of that token program. */
export function vaultBalance(account: Account, tokenProgram: Address): bigint | null {
  const { data } = account;
  if (account.owner !== tokenProgram || data.length < TOKEN_ACCOUNT_SIZE) return null;
  return new DataView(data.buffer, data.byteOffset, data.byteLength).getBigUint64(TOKEN_AMOUNT_AT, true);
}
