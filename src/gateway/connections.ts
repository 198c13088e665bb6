import { Injectable } from '@nestjs/common';
import type { Credential } from '../platform/auth/authenticator.js';
import { Config } from '../platform/config/config.js';
import { networkOf } from '../platform/http/address-list.js';
import type { Connection } from './connection.js';
import { CLOSE } from './gateway.messages.js';
import type { GatewayTimes } from './gateway-times.js';
import { Tally } from './tally.js';

/** Of one process: what its memory and file handles bear. */
const MAX_CONNECTIONS = 10_000;

/** Who is at the other end of a connection. */
export interface Peer {
  readonly userId: string;
  /** What was proven with; null where callers need nothing. */
  readonly credential: Credential | null;
  /** IP address, of which connections are counted per network. */
  readonly address: string;
}

/** The open connections of this process. */
@Injectable()
export class Connections {
  private readonly open = new Map<Connection, Peer>();
  private readonly perUser = new Tally();
  private readonly perAddress = new Tally();

  constructor(private readonly config: Config) {}

  /** Counts a connection in; false when there are too many: of the user, of the address or in all. */
  add(connection: Connection, peer: Peer): boolean {
    const { maxPerUser, maxPerAddress } = this.config.stream;
    if (this.open.size >= MAX_CONNECTIONS) return false;
    if (this.perUser.of(peer.userId) >= maxPerUser || this.perAddress.of(networkOf(peer.address)) >= maxPerAddress)
      return false;
    this.open.set(connection, peer);
    this.perUser.add(peer.userId);
    this.perAddress.add(networkOf(peer.address));
    return true;
  }

  remove(connection: Connection): void {
    const peer = this.open.get(connection);
    if (peer === undefined) return;
    this.open.delete(connection);
    this.perUser.remove(peer.userId);
    this.perAddress.remove(networkOf(peer.address));
  }

  get size(): number {
    return this.open.size;
  }

  /** The connections whose peers proved themselves with something that may end. */
  *withCredentials(): Generator<readonly [Connection, Credential]> {
    for (const [connection, { credential }] of this.open) if (credential !== null) yield [connection, credential];
  }

  sweep(nowMs: number, times: GatewayTimes): void {
    for (const connection of this.open.keys()) connection.sweep(nowMs, times);
  }

  closeAll(): void {
    for (const connection of this.open.keys()) connection.close(CLOSE.shuttingDown, 'shutting down');
  }

  terminateAll(): void {
    for (const connection of this.open.keys()) connection.terminate();
  }
}
