import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { PaperLedger } from '../paper-ledger.js';
import type { JsonValue } from '../rpc/json-rpc.js';
import { jsonText } from '../../json.js';
import { answerText } from '../server/envelope.js';
import { PubsubSession } from './pubsub-session.js';

const MAX_MESSAGE_BYTES = 50 * 1024;
/** A client that lets more than this wait is too slow and is cut off, as Solana's nodes do. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Looks in a slot, so that what happens in it is told in it. */
const LOOKS_PER_SLOT = 4;
const LOOK_EVERY_MS = { least: 10, most: 100 } as const;
const GOING_AWAY = 1001;

/** Solana's subscription interface over WebSocket: looks at the ledger as long as anybody listens. */
export class PubsubServer {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  private readonly sessions = new Set<PubsubSession>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly ledger: PaperLedger) {
    this.sockets.on('connection', (socket) => this.serve(socket));
  }

  /** For the `upgrade` event of an HTTP server. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.sockets.handleUpgrade(request, socket, head, (opened) => this.sockets.emit('connection', opened, request));
  };

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const socket of this.sockets.clients) socket.close(GOING_AWAY);
    this.sockets.close();
    await this.looking;
    for (const socket of this.sockets.clients) socket.terminate();
  }

  private serve(socket: WebSocket): void {
    const send = (text: string) => {
      socket.send(text);
      if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
    };
    const session = new PubsubSession(this.ledger, (message: JsonValue) => send(jsonText(message)));
    this.sessions.add(session);
    socket.on('message', (data: Buffer) => {
      void answerText(data.toString('utf8'), session.answer).then((text) => {
        if (text !== '') send(text);
        this.lookSoon(LOOK_EVERY_MS.least);
      });
    });
    socket.on('close', () => this.sessions.delete(session));
    // The connection is closed then; there is nobody to tell.
    socket.on('error', () => undefined);
  }

  private lookSoon(delayMs: number): void {
    if (this.timer !== undefined || this.isClosed) return;
    if ([...this.sessions].every((session) => session.isIdle)) return;
    this.timer = setTimeout(() => void this.look(), delayMs);
  }

  private async look(): Promise<void> {
    this.looking = Promise.all([...this.sessions].map((session) => session.look())).then(() => undefined);
    await this.looking;
    const pauseMs = await this.pauseMs();
    this.timer = undefined;
    this.lookSoon(pauseMs);
  }

  private async pauseMs(): Promise<number> {
    const { least, most } = LOOK_EVERY_MS;
    const view = await this.ledger.view().catch(() => null);
    if (view === null) return most;
    return Math.min(most, Math.max(least, view.schedule.slotMs / LOOKS_PER_SLOT));
  }
}
