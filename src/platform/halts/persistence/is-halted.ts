/**
 * The SQL condition that a halt of the network (a parameter, or a column with its table's name) is open. One probe of a partial index that is
 * empty while all is well.
 */
export function isHaltedSql(networkId: string): string {
  return `exists (select from trading_halts where network_id = ${networkId} and lifted_at is null)`;
}
