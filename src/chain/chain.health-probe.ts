import { type Health, HealthProbe } from '../platform/health/health-probe.js';
import type { ChainClient } from './chain-client.js';

/** Up when the chain tells its slot. */
export class ChainHealthProbe extends HealthProbe {
  readonly name = 'chain';

  constructor(private readonly client: ChainClient) {
    super();
  }

  async check(): Promise<Health> {
    await this.client.slot('processed');
    return { up: true };
  }
}
