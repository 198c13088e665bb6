import { type Health, HealthProbe } from '../health/health-probe.js';
import type { EventBus } from './event-bus.js';

/** Up while the bus is connected. */
export class EventsHealthProbe extends HealthProbe {
  readonly name = 'events';

  constructor(private readonly bus: EventBus) {
    super();
  }

  check(): Promise<Health> {
    return Promise.resolve(this.bus.health);
  }
}
