import { maxBigInt } from '../../../kernel/math.js';
import { slotOf } from '../ledger/slot-clock.js';
import type { Subscribe } from './subscription.js';

/** Whoever fell behind further than this is told of the newest slots only. */
const MOST_AT_ONCE = 64n;

/** Tells every new slot. */
export const slotSubscribe: Subscribe = async (ledger) => {
  let last = (await ledger.view()).slot;
  return {
    notification: 'slotNotification',
    async look() {
      const { slot: newest } = await ledger.view();
      const results = [];
      for (let slot = maxBigInt(last, newest - MOST_AT_ONCE) + 1n; slot <= newest; slot++) {
        results.push({ parent: Number(slot - 1n), root: Number(slotOf('finalized', slot)), slot: Number(slot) });
      }
      last = newest;
      return { results, isOver: false };
    },
  };
};
