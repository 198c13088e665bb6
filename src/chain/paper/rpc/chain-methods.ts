import { BLOCKHASH_LIFETIME, slotOf } from '../ledger/slot-clock.js';
import { inContext, readAt, type RpcMethods } from './context.js';

const SLOTS_IN_EPOCH = 432_000;

/** Heights and times. Slot and block height are the same number: the paper chain skips no slot. */
export const chainMethods: RpcMethods = {
  getGenesisHash: (ledger) => ledger.genesis.genesisHash,

  async getHealth(ledger) {
    await ledger.view();
    return 'ok';
  },

  getVersion: () => ({ 'solana-core': '2.3.0-paper', 'feature-set': 0 }),

  async getSlot(ledger, params) {
    return Number((await readAt(ledger, params.options(0))).contextSlot);
  },

  async getBlockHeight(ledger, params) {
    return Number((await readAt(ledger, params.options(0))).contextSlot);
  },

  async getEpochInfo(ledger, params) {
    const { contextSlot } = await readAt(ledger, params.options(0));
    const slot = Number(contextSlot);
    return {
      absoluteSlot: slot,
      blockHeight: slot,
      epoch: Math.floor(slot / SLOTS_IN_EPOCH),
      slotIndex: slot % SLOTS_IN_EPOCH,
      slotsInEpoch: SLOTS_IN_EPOCH,
      transactionCount: null,
    };
  },

  async getLatestBlockhash(ledger, params) {
    const { contextSlot } = await readAt(ledger, params.options(0));
    return inContext(contextSlot, {
      blockhash: ledger.blockhashAt(contextSlot),
      lastValidBlockHeight: Number(contextSlot + BLOCKHASH_LIFETIME),
    });
  },

  async isBlockhashValid(ledger, params) {
    const { contextSlot } = await readAt(ledger, params.options(1));
    return inContext(contextSlot, ledger.isBlockhashValid(params.string(0), contextSlot));
  },

  /** Nobody competes for a paper block. */
  async getRecentPrioritizationFees(ledger) {
    const { slot } = await ledger.view();
    return [{ slot: Number(slotOf('processed', slot)), prioritizationFee: 0 }];
  },

  getFirstAvailableBlock: () => 0,
};
