import { addressFromBytes } from '../../src/kernel/address.js';
import { decodeWire } from '../../src/chain/message.js';

/** Addresses of the memo programs, new and old. */
const MEMO_PROGRAMS = new Set([
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
]);
const NATIVE_MINT = 'So11111111111111111111111111111111111111112';

interface TokenBalance {
  readonly accountIndex: number;
  readonly mint: string;
  readonly owner: string;
  readonly uiTokenAmount: { readonly amount: string };
}

/** A row of `paper.transactions`. */
export interface LedgerRow {
  readonly signature: string;
  readonly wire: Buffer;
  readonly error: unknown;
  readonly meta: {
    readonly fee: string;
    readonly preBalances: readonly string[];
    readonly postBalances: readonly string[];
    readonly preTokenBalances: readonly TokenBalance[];
    readonly postTokenBalances: readonly TokenBalance[];
  };
}

/** One landed transaction of the paper chain, read without the engine's own reading of fills. */
export class LedgerSwap {
  readonly signature: string;
  readonly succeeded: boolean;
  readonly feePayer: string;
  readonly memo: string | null;
  readonly feeLamports: bigint;
  private readonly keys: readonly string[];

  constructor(private readonly row: LedgerRow) {
    const { message } = decodeWire(row.wire);
    this.keys = message.accounts;
    this.signature = row.signature;
    this.succeeded = row.error === null;
    this.feePayer = message.accounts[0] ?? '';
    const memo = message.instructions.find(({ programIndex }) => MEMO_PROGRAMS.has(this.keys[programIndex] ?? ''));
    this.memo = memo === undefined ? null : Buffer.from(memo.data).toString('utf8');
    this.feeLamports = BigInt(row.meta.fee);
  }

  /** What everybody but the wallet (that is, the pools) gained of a mint; negative when they gave. */
  gainedByPools(mint: string, wallet: string): bigint {
    return this.tokenChange(mint, (owner) => owner !== wallet);
  }

  /** What the wallet gained of a mint, SOL without the transaction's fee and rent. */
  gainedByWallet(mint: string, wallet: string): bigint {
    if (mint !== NATIVE_MINT) return this.tokenChange(mint, (owner) => owner === wallet);
    const { preBalances, postBalances } = this.row.meta;
    return BigInt(postBalances[0] ?? 0) - BigInt(preBalances[0] ?? 0) + this.feeLamports + this.rentOf(wallet);
  }

  /** Lamports in token accounts of the wallet that did not exist before. */
  rentOf(wallet: string): bigint {
    const { preBalances, postBalances, postTokenBalances } = this.row.meta;
    return postTokenBalances
      .filter(({ owner, accountIndex }) => owner === wallet && BigInt(preBalances[accountIndex] ?? 0) === 0n)
      .reduce((sum, { accountIndex }) => sum + BigInt(postBalances[accountIndex] ?? 0), 0n);
  }

  private tokenChange(mint: string, counts: (owner: string) => boolean): bigint {
    const total = (balances: readonly TokenBalance[]) =>
      balances
        .filter((balance) => balance.mint === mint && counts(balance.owner))
        .reduce((sum, { uiTokenAmount }) => sum + BigInt(uiTokenAmount.amount), 0n);
    return total(this.row.meta.postTokenBalances) - total(this.row.meta.preTokenBalances);
  }
}

/** The paper wallet's address, from its secret as stored (32 bytes of seed, 32 of public key). */
export function walletOf(secret: Uint8Array): string {
  return addressFromBytes(secret, 32);
}
