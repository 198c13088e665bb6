import type { Address } from '../../kernel/address.js';
import { NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import type { LandedTransaction } from '../../chain/chain-client.js';
import type { AttemptIntent } from './attempt.js';

/** What a landed swap really moved, in base units and lamports. */
export interface Fill {
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  readonly feeLamports: bigint;
  /** Rent paid for token accounts of the wallet that did not exist before. */
  readonly rentFeeLamports: bigint;
}

export type FillReading =
  | { readonly ok: true; readonly fill: Fill }
  /** The wallet's side and the pools' side of the same transaction do not add up. */
  | { readonly ok: false; readonly reason: string };

/**
 * Reads a fill from a transaction's own balance changes, twice: from the wallet's side and from the pools' side, which must agree.
 * A token that charges for transfers may take its fee in between, never add to it.
 */
export function readFill(landed: LandedTransaction, intent: AttemptIntent): FillReading {
  const rentFeeLamports = newAccountRent(landed, intent);
  const inAmount = -walletChange(landed, intent, intent.inputMint, rentFeeLamports);
  const outAmount = walletChange(landed, intent, intent.outputMint, rentFeeLamports);
  const poolsGained = othersChange(landed, intent, intent.inputMint);
  const poolsGave = -othersChange(landed, intent, intent.outputMint);
  if (inAmount <= 0n || outAmount <= 0n)
    return { ok: false, reason: `the wallet gave ${inAmount} and got ${outAmount}` };
  if (poolsGained > inAmount || poolsGave < outAmount || poolsGained <= 0n) {
    return {
      ok: false,
      reason: `the wallet gave ${inAmount} and got ${outAmount}, the pools got ${poolsGained} and gave ${poolsGave}`,
    };
  }
  return { ok: true, fill: { inAmount, outAmount, feeLamports: landed.feeLamports, rentFeeLamports } };
}

/**
 * The wallet's change in one token. SOL is counted in lamports, fee and rent of the transaction set aside; what anybody had left at the
 * address of its temporary account comes to the wallet when that is closed, and is not the swap's.
 */
function walletChange(
  landed: LandedTransaction,
  intent: AttemptIntent,
  mint: Address,
  rentFeeLamports: bigint,
): bigint {
  if (mint === NATIVE_MINT) {
    const temporary = intent.inputMint === NATIVE_MINT ? intent.inputAccount : intent.outputAccount;
    const gained = lamportsGained(landed, intent.wallet) + lamportsGained(landed, temporary);
    return gained + landed.feeLamports + rentFeeLamports;
  }
  return sumChanges(landed, mint, (owner) => owner === intent.wallet);
}

function othersChange(landed: LandedTransaction, intent: AttemptIntent, mint: Address): bigint {
  return sumChanges(landed, mint, (owner) => owner !== intent.wallet);
}

function sumChanges(landed: LandedTransaction, mint: Address, counts: (owner: Address | null) => boolean): bigint {
  return landed.tokenBalances
    .filter((change) => change.mint === mint && counts(change.owner))
    .reduce((sum, change) => sum + change.after - change.before, 0n);
}

/**
 * The temporary account of wrapped SOL gives its rent back, so only lasting accounts that receive cost any: as much as was not at their
 * address already, for anybody can send lamports there.
 */
function newAccountRent(landed: LandedTransaction, { outputAccount, viaAccounts = [] }: AttemptIntent): bigint {
  const made = new Set(landed.tokenBalances.filter(({ isNew }) => isNew).map(({ account }) => account));
  return [outputAccount, ...viaAccounts]
    .filter((account) => made.has(account))
    .reduce((sum, account) => sum + lamportsGained(landed, account), 0n);
}

function lamportsGained(landed: LandedTransaction, account: Address): bigint {
  const lamports = landed.lamports.get(account);
  return lamports === undefined ? 0n : lamports.after - lamports.before;
}
