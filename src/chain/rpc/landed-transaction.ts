import type { Address } from '../../kernel/address.js';
import type { LandedTransaction, TokenBalanceChange } from '../chain-client.js';
import { decodeWire } from '../message.js';
import { readTransactionFailure } from './transaction-failure.js';

interface TokenBalance {
  readonly accountIndex: number;
  readonly mint: Address;
  readonly owner?: Address;
  readonly uiTokenAmount: { readonly amount: string };
}

/** What `getTransaction` answers with encoding base64, as far as it is read here. */
export interface TransactionAnswer {
  readonly slot: bigint;
  readonly transaction: readonly [string, string];
  readonly meta: {
    readonly err: unknown;
    readonly fee: bigint;
    readonly logMessages: readonly string[] | null;
    readonly preBalances: readonly bigint[];
    readonly postBalances: readonly bigint[];
    readonly preTokenBalances?: readonly TokenBalance[];
    readonly postTokenBalances?: readonly TokenBalance[];
    readonly loadedAddresses?: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] };
  } | null;
}

/** Throws `RangeError` when the node kept no metadata. */
export function readLandedTransaction({ slot, transaction, meta }: TransactionAnswer): LandedTransaction {
  if (meta === null) throw new RangeError('the node has no metadata of this transaction');
  const { message } = decodeWire(Buffer.from(transaction[0], 'base64'));
  // The order that balances come in: the message's own accounts, then those from lookup tables, writable ones first.
  const keys = [
    ...message.accounts,
    ...(meta.loadedAddresses?.writable ?? []),
    ...(meta.loadedAddresses?.readonly ?? []),
  ];
  return {
    slot,
    failure: readTransactionFailure(meta.err),
    signers: message.accounts.slice(0, message.signerCount),
    feeLamports: meta.fee,
    logs: meta.logMessages ?? [],
    lamports: new Map(
      keys.map((key, i) => [key, { before: meta.preBalances[i] ?? 0n, after: meta.postBalances[i] ?? 0n }]),
    ),
    tokenBalances: tokenChanges(keys, meta.preTokenBalances ?? [], meta.postTokenBalances ?? []),
  };
}

function tokenChanges(
  keys: readonly Address[],
  before: readonly TokenBalance[],
  after: readonly TokenBalance[],
): readonly TokenBalanceChange[] {
  const changes = new Map<number, TokenBalanceChange>();
  const change = (balance: TokenBalance, amounts: { readonly before: bigint; readonly after: bigint }) => {
    const account = keys[balance.accountIndex];
    if (account === undefined) throw new RangeError('a token balance names no account of the transaction');
    changes.set(balance.accountIndex, { account, mint: balance.mint, owner: balance.owner ?? null, ...amounts });
  };
  for (const balance of before) change(balance, { before: BigInt(balance.uiTokenAmount.amount), after: 0n });
  for (const balance of after) {
    const amount = BigInt(balance.uiTokenAmount.amount);
    change(balance, { before: changes.get(balance.accountIndex)?.before ?? 0n, after: amount });
  }
  return [...changes.values()];
}
