import { type Address, asAddress } from '../../../kernel/address.js';
import { slotOf } from '../ledger/slot-clock.js';
import { inContext, readAt } from '../rpc/context.js';
import { asOptions, invalid, type RpcParams } from '../rpc/json-rpc.js';
import { NOTHING, type Subscribe } from './subscription.js';

/** Tells the logs of every transaction that lands, or of those that mention an account, once they have reached the commitment. */
export const logsSubscribe: Subscribe = async (ledger, params) => {
  const mentioned = readFilter(params);
  const options = params.options(1);
  let last = (await ledger.view()).version;
  return {
    notification: 'logsNotification',
    async look() {
      const { view, commitment } = await readAt(ledger, options);
      if (view.version === last) return NOTHING;
      const newest = view.schedule.isInstant ? view.slot : slotOf(commitment, view.slot);
      const landed = (await ledger.landedSince(last)).filter(({ slot }) => slot <= newest);
      last = landed.at(-1)?.version ?? last;
      const results = landed
        .filter(({ accounts }) => mentioned === null || accounts.includes(mentioned))
        .map(({ slot, signature, error, logs }) => inContext(slot, { signature, err: error, logs }));
      return { results, isOver: false };
    },
  };
};

/** The account that transactions have to mention, null for all of them. */
function readFilter(params: RpcParams): Address | null {
  const filter = params.at(0);
  if (filter === 'all' || filter === 'allWithVotes') return null;
  const mentions = asOptions(filter)?.list('mentions') ?? [];
  const [mentioned] = mentions;
  const address = typeof mentioned === 'string' ? asAddress(mentioned) : null;
  if (mentions.length !== 1 || address === null) throw invalid('expected "all" or one address that is mentioned');
  return address;
}
