import type { Address } from '../../kernel/address.js';
import type { LandedTransaction, TokenBalanceChange, TxSignature, WireTransaction } from '../chain-client.js';
import { decodeWire } from '../message.js';
import { signatureOf } from '../transaction.js';
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

/** Throws `RangeError` when the node kept no metadata, or answered with anything but this transaction and its balances. */
export function readLandedTransaction(
  signature: TxSignature,
  { slot, transaction, meta }: TransactionAnswer,
): LandedTransaction {
  if (meta === null) throw new RangeError('the node has no metadata of this transaction');
  const wire = transaction[0] as WireTransaction;
  if (signatureOf(wire) !== signature) throw new RangeError('the node answered with another transaction');
  const { message } = decodeWire(Buffer.from(wire, 'base64'));
  // The order that balances come in: the message's own accounts, then those from lookup tables, writable ones first.
  const keys = [
    ...message.accounts,
    ...(meta.loadedAddresses?.writable ?? []),
    ...(meta.loadedAddresses?.readonly ?? []),
  ];
  const [before, after] = [balancesOf(keys, meta.preBalances), balancesOf(keys, meta.postBalances)];
  return {
    slot: amount(slot),
    failure: readTransactionFailure(meta.err),
    signers: message.accounts.slice(0, message.signerCount),
    feeLamports: amount(meta.fee),
    logs: meta.logMessages ?? [],
    lamports: new Map(keys.map((key, i) => [key, { before: before[i] ?? 0n, after: after[i] ?? 0n }])),
    tokenBalances: tokenChanges(keys, meta.preTokenBalances ?? [], meta.postTokenBalances ?? []),
  };
}

/** One for every account: what is missing must not be read as nothing. */
function balancesOf(keys: readonly Address[], balances: readonly bigint[]): readonly bigint[] {
  if (balances.length !== keys.length) throw new RangeError('the node left balances out');
  return balances.map(amount);
}

function amount(value: bigint): bigint {
  if (typeof value !== 'bigint' || value < 0n) throw new RangeError('not an amount');
  return value;
}

function tokenChanges(
  keys: readonly Address[],
  before: readonly TokenBalance[],
  after: readonly TokenBalance[],
): readonly TokenBalanceChange[] {
  const changes = new Map<number, TokenBalanceChange>();
  const change = (balance: TokenBalance, amounts: Pick<TokenBalanceChange, 'before' | 'after' | 'isNew'>) => {
    const account = keys[balance.accountIndex];
    if (account === undefined) throw new RangeError('a token balance names no account of the transaction');
    changes.set(balance.accountIndex, { account, mint: balance.mint, owner: balance.owner ?? null, ...amounts });
  };
  for (const balance of before)
    change(balance, { before: BigInt(balance.uiTokenAmount.amount), after: 0n, isNew: false });
  for (const balance of after) {
    const known = changes.get(balance.accountIndex);
    const amount = BigInt(balance.uiTokenAmount.amount);
    change(balance, { before: known?.before ?? 0n, after: amount, isNew: known === undefined });
  }
  return [...changes.values()];
}
