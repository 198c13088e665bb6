import { AccountRole } from '@solana/kit';
import { address, type Address } from '../../../kernel/address.js';
import { numberedAddress } from '../../../../test/support/curve-pool.js';
import { PaperSandbox } from '../../../../test/support/paper-sandbox.js';
import { encodeLookupTable, type LookupTableAddresses } from '../../lookup-table.js';
import { LOOKUP_TABLE_PROGRAM, SYSTEM_PROGRAM } from '../../programs.js';

/** Real: transactions and runtime. Fake: the ledger, a map, and a program that notes what it was given. */
const PROBE = address('Stake11111111111111111111111111111111111111');
const TABLE = numberedAddress(200);
/** So many that no transaction has room for them without a table. */
const ACCOUNTS = Array.from({ length: 40 }, (_, i) => numberedAddress(i));
const instruction = {
  programAddress: PROBE,
  accounts: ACCOUNTS.map((each, i) => ({
    address: each,
    role: i % 2 === 0 ? AccountRole.WRITABLE : AccountRole.READONLY,
  })),
  data: new Uint8Array(0),
};
const lookupTables = { [TABLE]: ACCOUNTS } as LookupTableAddresses;

function sandboxWith(table: { readonly owner: Address; readonly data: Uint8Array } | null) {
  const sandbox = new PaperSandbox();
  const seen: unknown[] = [];
  sandbox.programs.register({
    programId: PROBE,
    computeUnits: 1,
    execute: ({ accounts }) => void seen.push(...accounts.map(({ address: each, isWritable }) => [each, isWritable])),
  });
  if (table !== null) sandbox.add({ address: TABLE, lamports: 10n ** 9n, ...table });
  return { seen, outcome: sandbox.run([instruction], { lookupTables }) };
}

describe('address lookup tables', () => {
  it('stand for their addresses, writable or not as the message says', () => {
    const { seen, outcome } = sandboxWith({ owner: LOOKUP_TABLE_PROGRAM, data: encodeLookupTable(ACCOUNTS) });
    expect(outcome.error).toBeNull();
    expect(seen).toEqual(ACCOUNTS.map((each, i) => [each, i % 2 === 0]));
  });

  it.each([
    ['AddressLookupTableNotFound', null],
    ['InvalidAddressLookupTableOwner', { owner: SYSTEM_PROGRAM, data: encodeLookupTable(ACCOUNTS) }],
    ['InvalidAddressLookupTableData', { owner: LOOKUP_TABLE_PROGRAM, data: new Uint8Array(55) }],
    ['InvalidAddressLookupTableIndex', { owner: LOOKUP_TABLE_PROGRAM, data: encodeLookupTable(ACCOUNTS.slice(1)) }],
  ])('keep a transaction from landing with %s', (error, table) => {
    expect(sandboxWith(table).outcome).toMatchObject({ lands: false, error, feeLamports: 0n });
  });
});
