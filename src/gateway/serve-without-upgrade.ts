import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request to speak another protocol, as Node hands it over. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came after the headers: the body, too. */
  readonly head: Buffer;
}

export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Has a request answered as if it had not asked for another protocol, as RFC 9110 §7.8 allows: Java's client and `curl --http2` offer
 * HTTP/2 with their first request. Node hands such a request over like a WebSocket's and knows no way back, so its bytes are given to the
 * server once more, without the offer.
 */
export function serveWithoutUpgrade(server: Server, { request, socket, head }: Upgrade): void {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (name.toLowerCase() !== 'upgrade') text += `${name}: ${value}\r\n`;
  }
  // Node reads headers as Latin-1.
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
