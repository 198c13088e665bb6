import { type Instruction, isSignerRole } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import type { LookupTableAddresses } from './lookup-table.js';
import { COMPUTE_BUDGET_PROGRAM } from './programs.js';

/** How much of a transaction's room instructions take. */
export interface Footprint {
  /** Of the signed transaction. */
  readonly bytes: number;
  /** All that are locked, those of lookup tables included. */
  readonly accounts: number;
}

const ADDRESS_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Signature count, version, header of three counts, blockhash. */
const FIXED_BYTES = 1 + SIGNATURE_BYTES + 1 + 3 + ADDRESS_BYTES;
/** Program index, no accounts, length and data of `SetComputeUnitLimit` (5 bytes) and `SetComputeUnitPrice` (9 bytes). */
const COMPUTE_BUDGET_BYTES = 3 + 5 + (3 + 9);
const COMPUTE_BUDGET_INSTRUCTIONS = 2;

/**
 * What a version 0 transaction of these instructions takes, with the compute budget set and one signer: exactly what compiling it would give,
 * at a hundredth of the cost.
 */
export function footprintOf(
  payer: Address,
  instructions: readonly Instruction[],
  tables: LookupTableAddresses = {},
): Footprint {
  const { fixed, movable } = accountsOf(payer, instructions);
  const tableOf = new Map(
    Object.entries(tables)
      .reverse()
      .flatMap(([table, addresses]) => addresses.map((address) => [address, table] as const)),
  );
  const lookedUp = [...movable].filter((address) => tableOf.has(address));
  const usedTables = new Set(lookedUp.map((address) => tableOf.get(address)));
  const staticCount = fixed.size + movable.size - lookedUp.length;
  const bodies = instructions.reduce((sum, instruction) => sum + bodyBytes(instruction), COMPUTE_BUDGET_BYTES);
  return {
    bytes:
      FIXED_BYTES +
      compactBytes(staticCount) +
      staticCount * ADDRESS_BYTES +
      compactBytes(instructions.length + COMPUTE_BUDGET_INSTRUCTIONS) +
      bodies +
      // The count of tables; an address and two counts for each.
      1 +
      usedTables.size * (ADDRESS_BYTES + 2) +
      lookedUp.length,
    accounts: fixed.size + movable.size,
  };
}

/** Signers and programs have to stand in the message itself; the others may come from tables. */
function accountsOf(payer: Address, instructions: readonly Instruction[]) {
  const fixed = new Set<Address>([payer, COMPUTE_BUDGET_PROGRAM]);
  const movable = new Set<Address>();
  for (const { programAddress, accounts = [] } of instructions) {
    fixed.add(programAddress);
    for (const { address, role } of accounts) (isSignerRole(role) ? fixed : movable).add(address);
  }
  for (const address of fixed) movable.delete(address);
  return { fixed, movable };
}

function bodyBytes({ accounts = [], data }: Instruction): number {
  const dataBytes = data?.length ?? 0;
  return 1 + compactBytes(accounts.length) + accounts.length + compactBytes(dataBytes) + dataBytes;
}

/** Bytes of a length in Solana's compact u16: seven bits a byte. */
function compactBytes(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}
