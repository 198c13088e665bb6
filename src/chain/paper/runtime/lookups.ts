import type { Address } from '../../../kernel/address.js';
import { decodeLookupTable } from '../../lookup-table.js';
import { LOOKUP_TABLE_PROGRAM } from '../../programs.js';
import type { AccountReader } from './overlay.js';
import { TransactionFault } from './transaction-error.js';
import { type DecodedTransaction, type ResolvedTransaction, withLoaded } from './wire.js';

/** Looks up what the transaction takes from tables on the ledger. Throws `TransactionFault`, as Agave names them. */
export function resolveLookups(transaction: DecodedTransaction, read: AccountReader): ResolvedTransaction {
  const writable: Address[] = [];
  const readonly: Address[] = [];
  for (const { table, writableIndexes, readonlyIndexes } of transaction.message.lookups) {
    const addressAt = addressesOf(table, read);
    writable.push(...writableIndexes.map(addressAt));
    readonly.push(...readonlyIndexes.map(addressAt));
  }
  return withLoaded(transaction, { writable, readonly });
}

function addressesOf(table: Address, read: AccountReader): (index: number) => Address {
  const account = read(table);
  if (account === undefined) throw new TransactionFault('AddressLookupTableNotFound');
  if (account.owner !== LOOKUP_TABLE_PROGRAM) throw new TransactionFault('InvalidAddressLookupTableOwner');
  const addresses = decodeLookupTable(account.data);
  if (addresses === null) throw new TransactionFault('InvalidAddressLookupTableData');
  return (index) => {
    const address = addresses[index];
    if (address === undefined) throw new TransactionFault('InvalidAddressLookupTableIndex');
    return address;
  };
}
