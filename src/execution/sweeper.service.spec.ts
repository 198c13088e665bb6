import { Logger } from '@nestjs/common';
import { newOrderId, type OrderId } from '../kernel/ids.js';
import { eventually } from '../../test/support/eventually.js';
import type { OrderDispatcher } from '../orders/order-dispatcher.js';
import type { Attempt } from './domain/attempt.js';
import type { ExecuteOrder } from './execute-order.js';
import type { AttemptStore } from './persistence/attempt.store.js';
import type { OrderWorkStore } from './persistence/order-work.store.js';
import { SweeperService } from './sweeper.service.js';
import type { TrackerService } from './tracker.service.js';

const LEFT_BEHIND = { number: 1 } as Attempt;

/** Real: the sweeper. Fake: what it finds, and the executor, whose orders end when the test says so. */
function world(orderIds: readonly OrderId[]) {
  const begun: OrderId[] = [];
  const followed: Attempt[] = [];
  const ends = new Map<OrderId, (fault?: Error) => void>();
  const due = orderIds.map((orderId) => ({ orderId, userId: 'somebody', run: 1, hasLiveAttempt: true }));
  const execute = (orderId: OrderId) => {
    begun.push(orderId);
    return new Promise<void>((resolve, reject) =>
      ends.set(orderId, (fault) => (fault === undefined ? resolve() : reject(fault))),
    );
  };
  const sweeper = new SweeperService(
    { takeDue: () => Promise.resolve(due), overdue: () => Promise.resolve([]) } as unknown as OrderWorkStore,
    {} as OrderDispatcher,
    { execute } as unknown as ExecuteOrder,
    { openOfFinished: () => Promise.resolve([LEFT_BEHIND]) } as unknown as AttemptStore,
    { follow: (attempt: Attempt) => followed.push(attempt) } as unknown as TrackerService,
  );
  const end = (orderId: OrderId, fault?: Error) => ends.get(orderId)!(fault);
  return { sweeper, begun, followed, end };
}

describe('the sweeper', () => {
  const orders = Array.from({ length: 100 }, newOrderId);

  beforeAll(() => Logger.overrideLogger(false));

  it('takes up many orders at once, though not all, and each of the others as soon as one is done', async () => {
    const { sweeper, begun, end } = world(orders);
    sweeper.start();
    await eventually(() => expect(begun).toHaveLength(32));
    end(orders[7]!);
    await eventually(() => expect(begun).toHaveLength(33));
    await sweeper.stop();
  });

  it('goes on with the others, and with what was left behind, when an order throws', async () => {
    const { sweeper, begun, followed, end } = world(orders);
    sweeper.start();
    for (const orderId of orders) {
      await eventually(() => expect(begun).toContain(orderId));
      end(orderId, new Error('this one is broken'));
    }
    await eventually(() => expect(followed).toEqual([LEFT_BEHIND]));
    await sweeper.stop();
  });

  it('takes up nothing more once it is stopped, and keeps nobody waiting for what hangs', async () => {
    const { sweeper, begun, followed, end } = world(orders);
    sweeper.start();
    await eventually(() => expect(begun).toHaveLength(32));
    await sweeper.stop();
    for (const orderId of [...begun]) end(orderId);
    await new Promise(setImmediate);
    expect(begun).toHaveLength(32);
    expect(followed).toEqual([]);
  });
});
