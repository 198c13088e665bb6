export interface Health {
  readonly up: boolean;
  /** Why not, for operators; without secrets. */
  readonly detail?: string;
}

/** One dependency's answer to "can you serve?". A room makes its own and registers it with `HealthProbes`. */
export abstract class HealthProbe {
  /** As it appears in the readiness report. */
  abstract readonly name: string;
  /** May throw or hang; the registry bounds it. */
  abstract check(): Promise<Health>;
}
