import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Clock } from '../kernel/clock.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Connection } from './connection.js';
import { Connections, type Peer } from './connections.js';
import { Feeds } from './feeds.js';
import { CLOSE, greeting, parseSince } from './gateway.messages.js';
import { GatewayTimes } from './gateway-times.js';
import type { UserFeed } from './user-feed.js';

/** A peer's place in the stream, taken before the connection is open; it must be used or abandoned. */
export interface Place {
  readonly peer: Peer;
  readonly feed: UserFeed;
  /** The user's last committed sequence. */
  readonly last: bigint;
}

/** Serves open connections: greets them, feeds them, looks after them, and closes them at shutdown. */
@Injectable()
export class Streams implements OnApplicationBootstrap {
  private readonly logger = new Logger('Gateway');
  private readonly timers: NodeJS.Timeout[] = [];
  private closing: Promise<void> | null = null;
  private onEmpty: () => void = () => undefined;

  constructor(
    private readonly feeds: Feeds,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly times: GatewayTimes,
  ) {}

  onApplicationBootstrap(): void {
    const { sweepEveryMs, resyncEveryMs } = this.times;
    const sweep = () => this.connections.sweep(this.clock.monotonicMs(), this.times);
    this.timers.push(
      setInterval(sweep, sweepEveryMs),
      setInterval(() => void this.feeds.resyncOver(resyncEveryMs), resyncEveryMs),
    );
    for (const timer of this.timers) timer.unref();
  }

  /** No new connections are to be opened. */
  get draining(): boolean {
    return this.closing !== null;
  }

  /** Throws what the database throws. */
  async takePlace(peer: Peer): Promise<Place> {
    const { userId } = peer;
    const feed = this.feeds.enter(userId);
    try {
      return { peer, feed, last: await this.feeds.lastSequence(userId) };
    } catch (error) {
      this.feeds.leave(userId);
      throw error;
    }
  }

  abandon({ peer }: Place): void {
    this.feeds.leave(peer.userId);
  }

  /** Serves an open connection until it is closed. `since` is what the client wrote. */
  serve(socket: WebSocket, { peer, feed, last }: Place, since: string | null): void {
    const { userId } = peer;
    const connectionId = randomUUID();
    const connection = this.watch(socket, connectionId);
    socket.once('close', () => this.feeds.leave(userId));
    if (!this.connections.add(connection, peer)) {
      connection.close(CLOSE.tooManyConnections, 'too many connections');
      return;
    }
    connection.send(greeting({ connectionId, userId, sequence: last }, this.clock.now()));
    const from = since === null ? null : parseSince(since);
    if (since !== null && from === null) connection.refuse('since must be a whole number, 0 or more');
    const subscription = feed.join(connection, last, from);
    connection.follow(subscription);
    socket.once('close', () => {
      feed.leave(subscription);
      this.connections.remove(connection);
      if (this.connections.size === 0) this.onEmpty();
    });
  }

  /** Closes a connection whose user is not known. */
  turnAway(socket: WebSocket): void {
    this.watch(socket, randomUUID()).close(CLOSE.policyViolation, 'userId is missing or invalid');
  }

  /** Closes every connection with 1001; peers that don't answer in time are dropped. */
  async close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    if (this.connections.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.onEmpty = resolve));
    const timer = setTimeout(() => this.connections.terminateAll(), this.times.closeWithinMs);
    this.connections.closeAll();
    await empty;
    clearTimeout(timer);
  }

  private watch(socket: WebSocket, connectionId: string): Connection {
    socket.once('close', (code) => this.logger.debug({ connectionId, code }, 'WebSocket closed'));
    return new Connection({ socket, clock: this.clock, metrics: this.metrics });
  }
}
