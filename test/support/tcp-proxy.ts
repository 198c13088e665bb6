import { connect, createServer, type Server, type Socket } from 'node:net';

interface Target {
  readonly host: string;
  readonly port: number;
}

/** What passes of the bytes of one connection, at once or with later ones. */
export interface Filter {
  fromClient(chunk: Buffer): Buffer;
  fromServer(chunk: Buffer): Buffer;
}

const EVERYTHING: Filter = { fromClient: (chunk) => chunk, fromServer: (chunk) => chunk };

/** A TCP proxy on 127.0.0.1 for fault tests: it stands between the engine and a store. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private mode: 'pass' | 'refuse' | 'freeze' = 'pass';
  /** Servers whose next answer is lost. */
  private readonly unheard = new WeakSet<Socket>();

  private constructor(
    private readonly target: Target,
    private readonly server: Server,
    readonly port: number,
    private readonly filter: () => Filter,
  ) {}

  /** `filter` is asked once for each connection. */
  static async start(target: Target, filter = () => EVERYTHING): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const proxy = new TcpProxy(target, server, address.port, filter);
    server.on('connection', (socket) => proxy.accept(socket));
    return proxy;
  }

  /** `url` with host and port of the proxy. */
  static async before(url: string, filter?: () => Filter): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const parsed = new URL(url);
    const port = Number(parsed.port || (parsed.protocol.startsWith('redis') ? 6379 : 5432));
    const proxy = await TcpProxy.start({ host: parsed.hostname, port }, filter);
    parsed.hostname = '127.0.0.1';
    parsed.port = String(proxy.port);
    return { proxy, url: parsed.href };
  }

  /** Cuts every open connection; new ones pass. */
  cut(): void {
    for (const [client, server] of this.pairs) {
      // Node 20 waits for ever, at its own end, for one that was reset while it was closing.
      if (client.writableEnded) client.destroy();
      else client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Every open connection breaks at the next answer: its request was served, and nobody learns of it. */
  loseAnswers(): void {
    for (const [, server] of this.pairs) this.unheard.add(server);
  }

  /** Cuts every open connection and resets new ones, as if nothing listened. */
  refuse(): void {
    this.mode = 'refuse';
    this.cut();
  }

  /** Passes nothing on, in either direction, and still accepts connections. */
  freeze(): void {
    this.mode = 'freeze';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** Passes everything on again, also what waited. */
  resume(): void {
    this.mode = 'pass';
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async stop(): Promise<void> {
    this.refuse();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.target);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const filter = this.filter();
    client.on('data', (chunk) => server.write(filter.fromClient(chunk)));
    server.on('data', (chunk) => {
      if (!this.unheard.has(server)) client.write(filter.fromServer(chunk));
      else client.resetAndDestroy();
    });
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
    }
    if (this.mode === 'freeze') server.pause();
    else client.resume();
  }
}
