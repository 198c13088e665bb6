import type { DataSource } from 'typeorm';
import type { Clock } from '../../kernel/clock.js';
import { type Health, HealthProbe } from '../health/health-probe.js';

/** Queue locks and leases are compared between the two clocks. */
const MAX_CLOCK_SKEW_MS = 1_000;

/** Up when the database answers and its clock agrees with ours to a second. */
export class DatabaseHealthProbe extends HealthProbe {
  readonly name = 'database';

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    super();
  }

  async check(): Promise<Health> {
    const sentAt = this.clock.now().getTime();
    const [row] = await this.dataSource.query<{ now_ms: string }[]>(
      'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms',
    );
    const receivedAt = this.clock.now().getTime();
    const databaseMs = Number(row?.now_ms);
    // The database read its clock at some point between the two.
    const skewMs = Math.max(0, databaseMs - receivedAt, sentAt - databaseMs);
    return skewMs <= MAX_CLOCK_SKEW_MS
      ? { up: true }
      : { up: false, detail: `the clocks of engine and database differ by ${skewMs} ms` };
  }
}
