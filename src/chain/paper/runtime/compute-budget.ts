import { ByteReader } from '../../../kernel/bytes.js';
import { divCeil } from '../../../kernel/math.js';
import { COMPUTE_BUDGET_PROGRAM, SET_COMPUTE_UNIT_LIMIT, SET_COMPUTE_UNIT_PRICE } from '../../programs.js';
import { TransactionFault } from './transaction-error.js';
import type { ResolvedTransaction } from './wire.js';

/** Limits and fee constants of Agave's `compute-budget` and `fee-structure` crates. */
const DEFAULT_UNITS_PER_INSTRUCTION = 200_000;
const MAX_UNITS = 1_400_000;
const LAMPORTS_PER_SIGNATURE = 5_000n;
const MICRO_LAMPORTS = 1_000_000n;

export interface ComputeBudget {
  readonly unitLimit: number;
  /** Lamports for signatures and priority; taken whether the transaction succeeds or fails. */
  readonly feeLamports: bigint;
}

/** What a transaction may spend and has to pay. Throws `TransactionFault` on a malformed or repeated request. */
export function computeBudgetOf(transaction: ResolvedTransaction): ComputeBudget {
  const requests = new Map<number, bigint>();
  transaction.instructions.forEach(({ programId, data }, index) => {
    if (programId !== COMPUTE_BUDGET_PROGRAM) return;
    const [tag, value] = readRequest(data, index);
    if (requests.has(tag)) throw new TransactionFault({ DuplicateInstruction: index });
    requests.set(tag, value);
  });
  const others = transaction.instructions.length - requests.size;
  const asked = Number(requests.get(SET_COMPUTE_UNIT_LIMIT) ?? BigInt(others * DEFAULT_UNITS_PER_INSTRUCTION));
  const unitLimit = Math.min(asked, MAX_UNITS);
  // Agave rounds the priority fee up to whole lamports.
  const priorityFee = divCeil(BigInt(unitLimit) * (requests.get(SET_COMPUTE_UNIT_PRICE) ?? 0n), MICRO_LAMPORTS);
  return { unitLimit, feeLamports: LAMPORTS_PER_SIGNATURE * BigInt(transaction.signatures.length) + priorityFee };
}

/** Its other tags: 1 heap frame, 4 loaded accounts' data size. */
function readRequest(data: Uint8Array, index: number): readonly [number, bigint] {
  const reader = new ByteReader(data);
  const tag = data[0] ?? 0;
  if (tag === SET_COMPUTE_UNIT_PRICE && data.length >= 9) return [tag, reader.u64(1)];
  if ((tag === 1 || tag === SET_COMPUTE_UNIT_LIMIT || tag === 4) && data.length >= 5)
    return [tag, BigInt(reader.u32(1))];
  throw new TransactionFault({ InstructionError: [index, 'InvalidInstructionData'] });
}
