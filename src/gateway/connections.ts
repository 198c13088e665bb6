import { CLOSE } from './gateway.messages.js';
import type { Connection } from './connection.js';
import type { GatewayTimes } from './gateway-times.js';

/** Of one process: what its memory and file handles bear. */
const MAX_CONNECTIONS = 10_000;
/** A user with more has a runaway client. */
const MAX_CONNECTIONS_PER_USER = 2_500;

/** The open connections of this process. */
export class Connections {
  private readonly open = new Set<Connection>();
  private readonly perUser = new Map<string, number>();

  /** Counts a connection in; false when there are too many, of the user or in all. */
  add(connection: Connection, userId: string): boolean {
    const own = this.perUser.get(userId) ?? 0;
    if (this.open.size >= MAX_CONNECTIONS || own >= MAX_CONNECTIONS_PER_USER) return false;
    this.open.add(connection);
    this.perUser.set(userId, own + 1);
    return true;
  }

  remove(connection: Connection, userId: string): void {
    if (!this.open.delete(connection)) return;
    const left = (this.perUser.get(userId) ?? 1) - 1;
    if (left > 0) this.perUser.set(userId, left);
    else this.perUser.delete(userId);
  }

  get size(): number {
    return this.open.size;
  }

  sweep(nowMs: number, times: GatewayTimes): void {
    for (const connection of this.open) connection.sweep(nowMs, times);
  }

  closeAll(): void {
    for (const connection of this.open) connection.close(CLOSE.shuttingDown, 'shutting down');
  }

  terminateAll(): void {
    for (const connection of this.open) connection.terminate();
  }
}
