import type { Commitment } from '../../chain-client.js';
import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { contextSlotOf } from './answers.js';
import { commitmentOf, leastSlotOf, notBefore } from './commitment-of.js';

/** As far as endpoints that are level may be apart: one that is further behind is set aside, too (`ranking.ts`). */
const MOST_AHEAD = 20n;

/**
 * Keeps what is read from going back in time when another node answers: the newest slot read is the least of the next read. Of several
 * endpoints a single one raises it to no more than 20 slots past where all others stand: a false slot would bar them for as long as they
 * take to get there. So after a slot of an endpoint that is further ahead, true or not, reads may go back to the others.
 */
export class SlotFloor {
  private readonly floors = new Map<Commitment, bigint>();

  /** The call, bound to what was read before at its commitment. */
  apply(request: RpcRequest): RpcRequest {
    const commitment = commitmentOf(request);
    const floor = commitment === null ? undefined : this.floors.get(commitment);
    return floor === undefined ? request : notBefore(request, floor);
  }

  /**
   * Whether an answer is recent enough: not from before the least slot that it was asked for, which gateways may drop on its way to a
   * node. For methods that can't be told one (`getSignatureStatuses`, which reads at `processed`) a node that has not reached what others
   * have confirmed knows too little.
   */
  admits(request: RpcRequest, answer: RpcAnswer): boolean {
    const slot = contextSlotOf(request, answer);
    const least = commitmentOf(request) === null ? this.floors.get('confirmed') : leastSlotOf(request);
    return slot === null || slot >= (least ?? 0n);
  }

  /** Learns from an answer whose slot was believed. `reaches`: where every endpoint stands, null where that is not known. */
  raise(request: RpcRequest, answer: RpcAnswer, reaches: readonly (bigint | null)[]): void {
    const commitment = commitmentOf(request);
    const told = contextSlotOf(request, answer);
    if (commitment === null || told === null) return;
    const most = mostCredible(reaches);
    const slot = most !== null && told > most ? most : told;
    if (slot > (this.floors.get(commitment) ?? -1n)) this.floors.set(commitment, slot);
  }
}

/** The second of all: whoever told a slot beyond that stands there alone. Null when there is nobody to compare with. */
function mostCredible(reaches: readonly (bigint | null)[]): bigint | null {
  const second = reaches.filter((reach) => reach !== null).sort((a, b) => (a < b ? 1 : -1))[1];
  return second === undefined ? null : second + MOST_AHEAD;
}
