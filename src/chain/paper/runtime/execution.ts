import { U64_MAX } from '../../../kernel/math.js';
import type { Address } from '../../../kernel/address.js';
import type { ChainTime } from '../../account.js';
import { SYSTEM_PROGRAM } from '../../programs.js';
import {
  type PaperAccount,
  type PaperAccountMeta,
  type PaperContext,
  type PaperInstruction,
  PaperProgramError,
} from '../paper-program.js';
import type { PaperPrograms } from '../paper-programs.js';
import type { Overlay } from './overlay.js';

/** How deep programs may call programs: the instruction itself and four calls below it. */
const MAX_DEPTH = 5;

/** What one transaction's programs share while they run. */
export interface Execution {
  readonly time: ChainTime;
  readonly overlay: Overlay;
  readonly programs: PaperPrograms;
  readonly logs: string[];
  readonly unitLimit: number;
  unitsConsumed: number;
}

/**
 * Runs one instruction and what it calls. Throws `PaperProgramError`; anything else a program throws (a read past the end of
 * its data) becomes `ProgramFailedToComplete`.
 */
export function runInstruction(
  execution: Execution,
  instruction: PaperInstruction,
  metas: readonly PaperAccountMeta[],
  depth: number,
): void {
  const { programId } = instruction;
  const program = execution.programs.find(programId);
  if (program === undefined) throw runtimeError('UnsupportedProgramId');
  if (depth > MAX_DEPTH) throw runtimeError('CallDepth');
  execution.logs.push(`Program ${programId} invoke [${depth}]`);
  try {
    charge(execution, program.computeUnits);
    const frame = new Frame(execution, programId, metas, instruction.data, depth);
    const before = frame.lamports();
    program.execute(frame);
    if (frame.lamports() !== before) throw runtimeError('UnbalancedInstruction');
    execution.logs.push(`Program ${programId} success`);
  } catch (cause) {
    const failure = cause instanceof PaperProgramError ? cause : programCrash(cause);
    execution.logs.push(`Program ${programId} failed: ${describe(failure)}`);
    throw failure;
  }
}

function charge(execution: Execution, units: number): void {
  execution.unitsConsumed = Math.min(execution.unitsConsumed + units, execution.unitLimit + 1);
  if (execution.unitsConsumed <= execution.unitLimit) return;
  execution.unitsConsumed = execution.unitLimit;
  throw runtimeError('ComputationalBudgetExceeded');
}

function runtimeError(name: string): PaperProgramError {
  return new PaperProgramError({ runtime: name }, name);
}

function programCrash(cause: unknown): PaperProgramError {
  const failure = runtimeError('ProgramFailedToComplete');
  failure.cause = cause;
  return failure;
}

function describe({ error }: PaperProgramError): string {
  return 'custom' in error ? `custom program error: 0x${error.custom.toString(16)}` : error.runtime;
}

/** One program's view of the transaction: only the accounts it was given, only the changes it may make. */
class Frame implements PaperContext {
  private readonly privileges = new Map<Address, { isSigner: boolean; isWritable: boolean }>();

  constructor(
    private readonly execution: Execution,
    private readonly programId: Address,
    readonly accounts: readonly PaperAccountMeta[],
    readonly data: Uint8Array,
    private readonly depth: number,
  ) {
    for (const meta of accounts) {
      const known = this.privileges.get(meta.address);
      this.privileges.set(meta.address, {
        isSigner: meta.isSigner || known?.isSigner === true,
        isWritable: meta.isWritable || known?.isWritable === true,
      });
    }
  }

  get time(): ChainTime {
    return this.execution.time;
  }

  /** Lamports of all its accounts together: no instruction makes or loses any. */
  lamports(): bigint {
    let sum = 0n;
    for (const address of this.privileges.keys()) sum += this.execution.overlay.read(address)?.lamports ?? 0n;
    return sum;
  }

  account(address: Address): PaperAccount | undefined {
    if (!this.privileges.has(address)) throw runtimeError('MissingAccount');
    const found = this.execution.overlay.read(address);
    // A copy: a program that fails half-way must not have touched the ledger's own bytes.
    return found === undefined ? undefined : { ...found, data: Uint8Array.from(found.data) };
  }

  setData(address: Address, data: Uint8Array): void {
    const current = this.account(address);
    if (current === undefined) throw runtimeError('UninitializedAccount');
    this.put({ ...current, data });
  }

  put(account: PaperAccount): void {
    const { address, owner, lamports, data } = account;
    const before = this.account(address) ?? { address, owner: SYSTEM_PROGRAM, lamports: 0n, data: new Uint8Array(0) };
    const dataChanges = !sameBytes(before.data, data);
    const ownerChanges = owner !== before.owner;
    if (!dataChanges && !ownerChanges && lamports === before.lamports) return;
    if (this.privileges.get(address)?.isWritable !== true) {
      throw runtimeError(lamports === before.lamports ? 'ReadonlyDataModified' : 'ReadonlyLamportChange');
    }
    const isOwner = before.owner === this.programId;
    if (ownerChanges && !isOwner) throw runtimeError('ModifiedProgramId');
    if (dataChanges && !isOwner) throw runtimeError('ExternalAccountDataModified');
    if (lamports < before.lamports && !isOwner) throw runtimeError('ExternalAccountLamportSpend');
    if (lamports < 0n || lamports > U64_MAX) throw runtimeError('ArithmeticOverflow');
    this.execution.overlay.write(address, { address, owner, lamports, data: Uint8Array.from(data) });
  }

  delete(address: Address): void {
    this.put({ address, owner: SYSTEM_PROGRAM, lamports: 0n, data: new Uint8Array(0) });
    this.execution.overlay.write(address, null);
  }

  invoke(instruction: PaperInstruction, signers: readonly Address[] = []): void {
    for (const meta of instruction.accounts) {
      const own = this.privileges.get(meta.address);
      if (own === undefined) throw runtimeError('MissingAccount');
      const escalates =
        (meta.isWritable && !own.isWritable) || (meta.isSigner && !own.isSigner && !signers.includes(meta.address));
      if (!escalates) continue;
      this.execution.logs.push(`${meta.address}'s ${meta.isSigner ? 'signer' : 'writable'} privilege escalated`);
      throw runtimeError('PrivilegeEscalation');
    }
    runInstruction(this.execution, instruction, instruction.accounts, this.depth + 1);
  }

  charge(units: number): void {
    charge(this.execution, units);
  }

  log(line: string): void {
    this.execution.logs.push(`Program log: ${line}`);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
