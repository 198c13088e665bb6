import type { Account } from '../../account.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../../kernel/tokens/listed-tokens.js';
import { formatAmount } from '../../../kernel/amount.js';
import { isTokenAccount, readMintDecimals, readTokenAccount } from '../programs/token/token-state.js';
import type { AccountReader } from '../runtime/overlay.js';
import type { Outcome } from '../runtime/runtime.js';
import type { LoadedAddresses, ResolvedTransaction } from '../runtime/wire.js';

interface TokenBalanceJson {
  readonly accountIndex: number;
  readonly mint: string;
  readonly owner: string;
  readonly programId: string;
  readonly uiTokenAmount: TokenAmountJson;
}

export interface TokenAmountJson {
  readonly amount: string;
  readonly decimals: number;
  readonly uiAmount: number;
  readonly uiAmountString: string;
}

/** The `meta` of a landed transaction as stored; lamports are strings because JSON numbers end at 2^53. */
export interface TransactionMeta {
  readonly fee: string;
  readonly preBalances: readonly string[];
  readonly postBalances: readonly string[];
  readonly preTokenBalances: readonly TokenBalanceJson[];
  readonly postTokenBalances: readonly TokenBalanceJson[];
  readonly logMessages: readonly string[];
  readonly computeUnitsConsumed: number;
  /** Absent in transactions that landed before there were lookup tables. */
  readonly loadedAddresses?: LoadedAddresses;
}

/** What a transaction did to the lamports and tokens of its accounts, in the order of its message. */
export function transactionMeta(
  transaction: ResolvedTransaction,
  outcome: Outcome,
  before: AccountReader,
  after: AccountReader,
): TransactionMeta {
  const lamports = (read: AccountReader) =>
    transaction.accounts.map(({ address }) => (read(address)?.lamports ?? 0n).toString());
  const tokens = (read: AccountReader) =>
    transaction.accounts.flatMap(({ address }, index) => tokenBalance(index, read(address), read));
  return {
    fee: outcome.feeLamports.toString(),
    preBalances: lamports(before),
    postBalances: lamports(after),
    preTokenBalances: tokens(before),
    postTokenBalances: tokens(after),
    logMessages: outcome.logs,
    computeUnitsConsumed: outcome.unitsConsumed,
    loadedAddresses: transaction.loaded,
  };
}

/** The balance of a token account in the shape of JSON-RPC, or null when the account is none. */
export function tokenAmountOf(account: Account | undefined, read: AccountReader): TokenAmountJson | null {
  if (account === undefined || !isOfTokenProgram(account) || !isTokenAccount(account.data)) return null;
  const { mint, amount } = readTokenAccount(account.data);
  const decimals = readMintDecimals(read(mint)?.data ?? new Uint8Array(0)) ?? 0;
  const uiAmountString = formatAmount(amount, decimals);
  return { amount: amount.toString(), decimals, uiAmount: Number.parseFloat(uiAmountString), uiAmountString };
}

function tokenBalance(accountIndex: number, account: Account | undefined, read: AccountReader): TokenBalanceJson[] {
  const uiTokenAmount = tokenAmountOf(account, read);
  if (account === undefined || uiTokenAmount === null) return [];
  const { mint, owner } = readTokenAccount(account.data);
  return [{ accountIndex, mint, owner, programId: account.owner, uiTokenAmount }];
}

function isOfTokenProgram(account: Account): boolean {
  return account.owner === TOKEN_PROGRAM || account.owner === TOKEN_2022_PROGRAM;
}
