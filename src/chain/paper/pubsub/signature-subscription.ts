import { isSignature } from '@solana/kit';
import type { Commitment } from '../../chain-client.js';
import { commitmentOf } from '../ledger/slot-clock.js';
import { at, inContext } from '../rpc/context.js';
import { invalid } from '../rpc/json-rpc.js';
import { NOTHING, type Subscribe } from './subscription.js';

const RANK: Record<Commitment, number> = { processed: 0, confirmed: 1, finalized: 2 };

/** Tells once how a transaction ended, as soon as it has reached the commitment; then it is over. */
export const signatureSubscribe: Subscribe = (ledger, params) => {
  const signature = params.string(0);
  if (!isSignature(signature)) throw invalid('Invalid signature');
  const options = params.options(1);
  const wanted = RANK[options.commitment];
  return Promise.resolve({
    notification: 'signatureNotification',
    async look() {
      const { view, found } = await ledger.landed([signature], false);
      const landed = found.get(signature);
      if (landed === undefined) return NOTHING;
      if (RANK[commitmentOf(landed.slot, view.slot, view.schedule.isInstant)] < wanted) return NOTHING;
      const { contextSlot } = at(view, options.commitment, options);
      return { results: [inContext(contextSlot, { err: landed.error })], isOver: true };
    },
  });
};
