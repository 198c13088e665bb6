import { EngineError } from '../../../kernel/errors.js';
import type { Address } from '../../../kernel/address.js';
import type { Account, ChainTime } from '../../account.js';
import { rentExemptMinimum, SYSTEM_PROGRAM } from '../../programs.js';
import { PaperProgramError } from '../paper-program.js';
import type { PaperPrograms } from '../paper-programs.js';
import { computeBudgetOf } from './compute-budget.js';
import { resolveLookups } from './lookups.js';
import { type Execution, runInstruction } from './execution.js';
import { type AccountReader, Overlay } from './overlay.js';
import { type TransactionErrorJson, TransactionFault } from './transaction-error.js';
import type { DecodedTransaction, ResolvedTransaction } from './wire.js';

/** The ledger that a transaction meets. */
export interface Surroundings {
  readonly read: AccountReader;
  readonly time: ChainTime;
  readonly programs: PaperPrograms;
  /** Whether a transaction under this blockhash may still land. */
  readonly isBlockhashValid: (blockhash: string) => boolean;
  readonly isProcessed: (signature: string) => boolean;
}

export type Outcome = Effects &
  (
    | { readonly lands: true; readonly transaction: ResolvedTransaction }
    /** A precondition does not hold: no leader would put it into a block, nothing is paid. */
    | { readonly lands: false }
  );

interface Effects {
  readonly error: TransactionErrorJson | null;
  readonly feeLamports: bigint;
  readonly logs: readonly string[];
  readonly unitsConsumed: number;
  /** What the ledger has to take over; the fee alone when the transaction failed. Null: the account is gone. */
  readonly changes: ReadonlyMap<Address, Account | null>;
}

/**
 * Runs a transaction all-or-nothing over the given ledger, which it does not touch. Signatures are the caller's business.
 * Throws `internal` when lamports were made or lost, which only a fault in a paper program can do.
 */
export function runTransaction(
  transaction: DecodedTransaction,
  surroundings: Surroundings,
  options: { readonly anyBlockhash: boolean } = { anyBlockhash: false },
): Outcome {
  try {
    const resolved = resolveLookups(transaction, surroundings.read);
    return runCharged(resolved, surroundings, chargeFee(resolved, surroundings, options.anyBlockhash));
  } catch (fault) {
    if (!(fault instanceof TransactionFault)) throw fault;
    const nothing = { feeLamports: 0n, logs: [], unitsConsumed: 0, changes: new Map() };
    return { error: fault.error, lands: false, ...nothing };
  }
}

interface Charged {
  readonly overlay: Overlay;
  readonly feeLamports: bigint;
  readonly unitLimit: number;
}

function runCharged(
  transaction: ResolvedTransaction,
  surroundings: Surroundings,
  { overlay: paid, feeLamports, unitLimit }: Charged,
): Outcome {
  const execution: Execution = {
    time: surroundings.time,
    overlay: new Overlay(paid.read),
    programs: surroundings.programs,
    logs: [],
    unitLimit,
    unitsConsumed: 0,
  };
  const error = runInstructions(transaction, execution) ?? rentError(transaction, surroundings.read, execution.overlay);
  if (error === null) paid.absorb(execution.overlay.changes);
  assertLamportsKept(transaction, surroundings.read, paid.read, feeLamports);
  const { logs, unitsConsumed } = execution;
  return { error, lands: true, transaction, feeLamports, logs, unitsConsumed, changes: paid.changes };
}

/** Checks what must hold before a transaction gets into a block, in the order of Agave's bank, and takes the fee. */
function chargeFee(transaction: ResolvedTransaction, surroundings: Surroundings, anyBlockhash: boolean): Charged {
  const { unitLimit, feeLamports } = computeBudgetOf(transaction);
  if (!anyBlockhash && !surroundings.isBlockhashValid(transaction.blockhash)) {
    throw new TransactionFault('BlockhashNotFound');
  }
  if (surroundings.isProcessed(transaction.signature)) throw new TransactionFault('AlreadyProcessed');
  for (const { programId } of transaction.instructions) {
    if (surroundings.programs.find(programId) === undefined) throw new TransactionFault('ProgramAccountNotFound');
  }
  const payer = surroundings.read(transaction.accounts[0]?.address ?? SYSTEM_PROGRAM);
  if (payer === undefined) throw new TransactionFault('AccountNotFound');
  if (payer.owner !== SYSTEM_PROGRAM || payer.data.length > 0) throw new TransactionFault('InvalidAccountForFee');
  const lamports = payer.lamports - feeLamports;
  if (lamports < 0n) throw new TransactionFault('InsufficientFundsForFee');
  if (lamports > 0n && lamports < rentExemptMinimum(0)) {
    throw new TransactionFault({ InsufficientFundsForRent: { account_index: 0 } });
  }
  const overlay = new Overlay(surroundings.read);
  overlay.write(payer.address, { ...payer, lamports });
  return { overlay, feeLamports, unitLimit };
}

function runInstructions(transaction: ResolvedTransaction, execution: Execution): TransactionErrorJson | null {
  for (const [index, instruction] of transaction.instructions.entries()) {
    try {
      runInstruction(execution, instruction, instruction.accounts, 1);
    } catch (failure) {
      if (!(failure instanceof PaperProgramError)) throw failure;
      const { error } = failure;
      return { InstructionError: [index, 'custom' in error ? { Custom: error.custom } : error.runtime] };
    }
  }
  return null;
}

/** No account may end with lamports that do not exempt it from rent, unless it had as little before. */
function rentError(
  transaction: ResolvedTransaction,
  before: AccountReader,
  overlay: Overlay,
): TransactionErrorJson | null {
  for (const [index, { address }] of transaction.accounts.entries()) {
    const after = overlay.changes.get(address);
    if (after === undefined || after === null || after.lamports === 0n) continue;
    const minimum = rentExemptMinimum(after.data.length);
    if (after.lamports >= minimum) continue;
    const previous = before(address);
    const wasAsPoor = previous?.data.length === after.data.length && previous.lamports < minimum;
    if (wasAsPoor && after.lamports <= previous.lamports) continue;
    return { InsufficientFundsForRent: { account_index: index } };
  }
  return null;
}

function assertLamportsKept(
  transaction: ResolvedTransaction,
  before: AccountReader,
  after: AccountReader,
  feeLamports: bigint,
): void {
  const sum = (read: AccountReader) =>
    transaction.accounts.reduce((total, { address }) => total + (read(address)?.lamports ?? 0n), 0n);
  if (sum(before) - feeLamports !== sum(after)) {
    throw new EngineError('internal', 'a paper program made or lost lamports');
  }
}
