import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Connections that are being opened at once: fewer than Node's listen backlog of 511, or connects are dropped and tried again after 1 s. */
const OPENING_AT_ONCE = 256;
/** An address has some 28,000 ports for outgoing connections. Other systems than Linux have one loopback address. */
const LOCAL_ADDRESSES = process.platform === 'linux' ? 4 : 1;

interface Frame {
  readonly type: string;
  readonly sequence: number;
}

type OnEvent = (userId: string, sequence: number) => void;

/** One user's socket, which counts what it misses and what it sees twice. */
export class Listener {
  /** The last sequence that it knows; null before its first greeting. */
  private last: number | null = null;
  private socket: WebSocket | null = null;
  gaps = 0;
  doubles = 0;
  events = 0;
  /** Close codes of the server. */
  private closeCode: number | null = null;
  private onReplayed: () => void = () => undefined;

  constructor(
    private readonly url: string,
    readonly userId: string,
    private readonly seat: number,
    private readonly onEvent: OnEvent,
  ) {}

  /** Open and greeted; after a cut, resumed and replayed. */
  async open(): Promise<void> {
    const since = this.last === null ? '' : `&since=${this.last}`;
    const localAddress = `127.0.0.${1 + (this.seat % LOCAL_ADDRESSES)}`;
    const socket = new WebSocket(`${this.url}/ws?userId=${this.userId}${since}`, {
      localAddress,
      perMessageDeflate: false,
    });
    this.socket = socket;
    const replayed = new Promise<void>((resolve) => (this.onReplayed = resolve));
    socket.on('message', (data: Buffer) => this.hear(JSON.parse(data.toString()) as Frame));
    socket.on('close', (code) => (this.closeCode = code));
    await once(socket, this.last === null ? 'message' : 'open');
    if (since !== '') await replayed;
  }

  /** Hangs up without a word, as a lost network does. */
  async cut(): Promise<void> {
    const { socket } = this;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = once(socket, 'close');
    socket.removeAllListeners('message');
    socket.terminate();
    await closed;
  }

  get lastSequence(): number {
    return this.last ?? 0;
  }

  /** Throws when the server has hung up. */
  assertOpen(): void {
    if (this.socket?.readyState === WebSocket.OPEN) return;
    throw new Error(`the socket of ${this.userId} was closed with ${this.closeCode ?? 'nothing'}`);
  }

  private hear({ type, sequence }: Frame): void {
    if (type === 'connection_established') this.last ??= sequence;
    else if (type === 'replay_complete') this.onReplayed();
    else if (type === 'order_status_update') this.count(sequence);
  }

  private count(sequence: number): void {
    const last = this.last ?? 0;
    if (sequence <= last) this.doubles += 1;
    else {
      this.gaps += sequence - last - 1;
      this.last = sequence;
      this.events += 1;
    }
    this.onEvent(this.userId, sequence);
  }
}

export interface AudienceOptions {
  /** Of the users' ids. */
  readonly prefix: string;
  readonly count: number;
  readonly onEvent?: OnEvent;
}

/** One socket each of many users at one server. */
export class Audience {
  readonly listeners: readonly Listener[];

  constructor(url: string, { prefix, count, onEvent = () => undefined }: AudienceOptions) {
    const wsUrl = url.replace('http', 'ws');
    this.listeners = Array.from({ length: count }, (_, i) => new Listener(wsUrl, `${prefix}-${i}`, i, onEvent));
  }

  /** Opens the sockets from one place to another; how many a second, the greeting included. */
  async open(start = 0, end = this.listeners.length): Promise<number> {
    const from = performance.now();
    await inOrder(this.listeners.slice(start, end), OPENING_AT_ONCE, async (listener) => listener.open());
    return ((end - start) * 1_000) / (performance.now() - from);
  }

  async cut(): Promise<void> {
    await Promise.all(this.listeners.map(async (listener) => listener.cut()));
  }

  assertOpen(): void {
    for (const listener of this.listeners) listener.assertOpen();
  }

  sum(of: 'gaps' | 'doubles' | 'events'): number {
    return this.listeners.reduce((total, listener) => total + listener[of], 0);
  }
}

/** Works through all, at most `width` at once. */
async function inOrder<T>(all: readonly T[], width: number, work: (each: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const each of left) await work(each);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
