import { Injectable } from '@nestjs/common';
import type { Health, HealthProbe } from './health-probe.js';

const CHECK_TIMEOUT_MS = 1_000;

/** Every probe that the rooms of this process registered. */
@Injectable()
export class HealthProbes {
  private readonly probes = new Map<string, HealthProbe>();

  /** @throws Error when the name is taken */
  register(probe: HealthProbe): void {
    if (this.probes.has(probe.name)) throw new Error(`Two health probes are named ${probe.name}.`);
    this.probes.set(probe.name, probe);
  }

  get names(): readonly string[] {
    return [...this.probes.keys()];
  }

  /** Asks all probes at once; one that throws or takes longer than a second is down. Never rejects. */
  async check(): Promise<ReadonlyMap<string, Health>> {
    const answers = await Promise.all(
      [...this.probes.values()].map(async (probe) => [probe.name, await bounded(probe)] as const),
    );
    return new Map(answers);
  }
}

async function bounded(probe: HealthProbe): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Health>((resolve) => {
    timer = setTimeout(
      () => resolve({ up: false, detail: `no answer within ${CHECK_TIMEOUT_MS} ms` }),
      CHECK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([probe.check(), timeout]);
  } catch (error) {
    return { up: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
