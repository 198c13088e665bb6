/** A transaction's error in the shape that Solana's JSON-RPC gives it. */
export type TransactionErrorJson = string | Readonly<Record<string, TransactionErrorValue>>;
type TransactionErrorValue =
  number | { readonly account_index: number } | readonly [number, string | { readonly Custom: number }];

/** A transaction that fails as a whole: its preconditions do not hold, or its accounts end in an illegal state. */
export class TransactionFault extends Error {
  override readonly name = 'TransactionFault';

  constructor(readonly error: TransactionErrorJson) {
    super(JSON.stringify(error));
  }
}
