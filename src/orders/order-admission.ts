import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { objection, objectionToTerms, type RiskObjection } from './domain/risk.js';
import type { NewOrder } from './persistence/new-order.js';
import { type Intake, OrderIntakeStore } from './persistence/order-intake.store.js';

export type Admission =
  Exclude<Intake, { readonly kind: 'no-room' }> | { readonly kind: 'denied'; readonly objection: RiskObjection };

/** Stores the orders that the operator's limits allow, as far as they can be told before there is a quote. */
@Injectable()
export class OrderAdmission {
  constructor(
    private readonly store: OrderIntakeStore,
    private readonly config: Config,
  ) {}

  /** A repeat finds its order again, whatever the limits are by now. */
  async admit(order: NewOrder): Promise<Admission> {
    const denied = objectionToTerms(order, this.config.risk);
    if (denied !== null) return (await this.store.findBound(order)) ?? { kind: 'denied', objection: denied };
    const intake = await this.store.store(order);
    if (intake.kind !== 'no-room') return intake;
    const most = this.config.risk.maxOpenOrders ?? 0;
    return {
      kind: 'denied',
      objection: objection('max-open-orders', `at most ${most} orders may be unfinished at a time`),
    };
  }
}
