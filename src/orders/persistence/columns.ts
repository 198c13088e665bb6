import type { ValueTransformer } from 'typeorm';

/** PostgreSQL `bigint` and `numeric(20, 0)` arrive as text; here they are bigints, exactly. */
export const bigintColumn: ValueTransformer = {
  from: (value: string | null) => (value === null ? null : BigInt(value)),
  to: (value: bigint | null) => value?.toString() ?? null,
};
