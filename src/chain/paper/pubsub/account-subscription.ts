import type { Address } from '../../../kernel/address.js';
import type { Account } from '../../account.js';
import { SYSTEM_PROGRAM } from '../../programs.js';
import { accountJson } from '../rpc/account-json.js';
import { inContext, readAt } from '../rpc/context.js';
import { NOTHING, type Subscribe } from './subscription.js';

/** Tells every change of an account. One that is gone shows as an empty account of no lamports. */
export const accountSubscribe: Subscribe = async (ledger, params) => {
  const address = params.address(0);
  const options = params.options(1);
  let last = (await ledger.view()).read(address) ?? gone(address);
  // An encoding that does not fit is refused now, not later.
  accountJson(last, options);
  return {
    notification: 'accountNotification',
    async look() {
      const { view, contextSlot } = await readAt(ledger, options);
      const account = view.read(address) ?? gone(address);
      if (isSame(account, last)) return NOTHING;
      last = account;
      return { results: [inContext(contextSlot, accountJson(account, options))], isOver: false };
    },
  };
};

function gone(address: Address): Account {
  return { address, owner: SYSTEM_PROGRAM, lamports: 0n, data: new Uint8Array(0) };
}

function isSame(a: Account, b: Account): boolean {
  return a.lamports === b.lamports && a.owner === b.owner && Buffer.compare(a.data, b.data) === 0;
}
