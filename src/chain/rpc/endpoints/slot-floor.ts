import type { Commitment } from '../../chain-client.js';
import type { RpcAnswer, RpcRequest } from '../rpc-request.js';
import { contextSlotOf } from './answers.js';
import { commitmentOf, notBefore } from './commitment-of.js';

/** Keeps what is read from going back in time when another node answers: the newest slot read is the least of the next read. */
export class SlotFloor {
  private readonly floors = new Map<Commitment, bigint>();

  /** The call, bound to what was read before at its commitment. */
  apply(request: RpcRequest): RpcRequest {
    const commitment = commitmentOf(request);
    const floor = commitment === null ? undefined : this.floors.get(commitment);
    return floor === undefined ? request : notBefore(request, floor);
  }

  /**
   * Whether an answer is recent enough for methods that can't be told a least slot (`getSignatureStatuses`, which reads at
   * `processed`): a node that has not reached what others have confirmed knows too little.
   */
  admits(request: RpcRequest, answer: RpcAnswer): boolean {
    const slot = contextSlotOf(request, answer);
    return slot === null || commitmentOf(request) !== null || slot >= (this.floors.get('confirmed') ?? 0n);
  }

  /** Learns from an answer whose slot was believed. */
  raise(request: RpcRequest, answer: RpcAnswer): void {
    const commitment = commitmentOf(request);
    const slot = contextSlotOf(request, answer);
    if (commitment === null || slot === null || slot <= (this.floors.get(commitment) ?? -1n)) return;
    this.floors.set(commitment, slot);
  }
}
