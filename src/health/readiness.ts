import type { Role } from '../platform/config/config.js';

/** Dependencies that the readiness report always names, whether or not a probe is there. */
export const DEPENDENCIES = ['database', 'queue', 'events', 'chain'] as const;

const WORKER_NEEDS: readonly string[] = ['database', 'queue', 'chain'];
/** Orders can be accepted and shown while everything else is away: that is what the outbox is for. */
const API_NEEDS: readonly string[] = ['database'];

/** What a process with these roles can't do without. */
export function neededBy(roles: readonly Role[]): readonly string[] {
  return roles.includes('api') ? API_NEEDS : WORKER_NEEDS;
}
