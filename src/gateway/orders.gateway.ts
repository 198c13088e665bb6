import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { Shutdown } from '../platform/shutdown/shutdown.js';
import { within } from '../platform/time/deadline.js';
import type { Peer } from './connections.js';
import { type Admission, Doorkeeper } from './doorkeeper.js';
import { MAX_CLIENT_FRAME_BYTES } from './gateway.messages.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { isWebSocket, serveWithoutUpgrade, type Upgrade } from './serve-without-upgrade.js';
import { type Place, Streams } from './streams.js';

/** Longest that an upgrade waits for the database. */
const PLACE_TIMEOUT_MS = 2_500;

/**
 * Opens the stream at `/ws` and hands each connection to `Streams`.
 *
 * It listens to the HTTP server's upgrades itself instead of being a Nest gateway: Nest's `ws` adapter can't refuse an upgrade with
 * problem details or wait for the database before it, drops bad JSON without a word, and expects messages of the shape
 * `{ event, data }`.
 */
@Injectable()
export class OrdersGateway implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
  });

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly doorkeeper: Doorkeeper,
    private readonly streams: Streams,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.webSockets.on('wsClientError', (error, socket, request) => {
      const fields = [{ field: 'upgrade', message: error.message }];
      refuseUpgrade(request, socket, { code: 'validation-failed', message: error.message, details: { fields } });
    });
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!isWebSocket(request)) {
        serveWithoutUpgrade(server, { request, socket, head });
        return;
      }
      // From here on the socket is ours alone: an unheard error would end the process.
      socket.on('error', () => socket.destroy());
      void this.onUpgrade({ request, socket, head });
    });
    this.shutdown.register({ phase: 'sockets', name: 'close WebSockets', run: () => this.streams.close() });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.streams.close();
  }

  private async onUpgrade(upgrade: Upgrade): Promise<void> {
    const admission = await this.doorkeeper.admit(upgrade.request);
    switch (admission.kind) {
      case 'refused':
        refuseUpgrade(upgrade.request, upgrade.socket, admission.problem);
        break;
      case 'nobody':
        this.accept(upgrade, (socket) => this.streams.turnAway(socket));
        break;
      case 'admitted':
        await this.open(upgrade, admission);
        break;
    }
  }

  private async open(upgrade: Upgrade, { peer, since }: Extract<Admission, { kind: 'admitted' }>): Promise<void> {
    const place = this.streams.draining ? null : await this.takePlace(peer);
    if (place === null) {
      refuseUnavailable(upgrade, 'The stream is not available.');
      return;
    }
    // Asked again: the shutdown may have begun while the database was asked.
    const served = !this.streams.draining && this.accept(upgrade, (socket) => this.streams.serve(socket, place, since));
    if (!served) this.streams.abandon(place);
    if (this.streams.draining) refuseUnavailable(upgrade, 'The engine is shutting down.');
  }

  /** null when the database can't say where the user's stream stands. */
  private async takePlace(peer: Peer): Promise<Place | null> {
    try {
      return await within(this.streams.takePlace(peer), PLACE_TIMEOUT_MS, (late) => this.streams.abandon(late));
    } catch (error) {
      this.logger.debug({ err: error }, 'a WebSocket could not be opened');
      return null;
    }
  }

  /** `ws` decides within the call: it opens the connection (true), or refuses a handshake that breaks RFC 6455. */
  private accept({ request, socket, head }: Upgrade, serve: (socket: WebSocket) => void): boolean {
    const result = { opened: false };
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      result.opened = true;
      serve(webSocket);
    });
    return result.opened;
  }
}

function refuseUnavailable({ request, socket }: Upgrade, message: string): void {
  refuseUpgrade(request, socket, { code: 'unavailable', message, details: {} });
}
