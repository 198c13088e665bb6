import type { FastifyInstance } from 'fastify';

/** Longer than any handler takes; what is left then is a client that does not read its answer. */
const LONGEST_MS = 8_000;

/** Counts the requests under way, so that the server can stop without breaking one. */
export class HttpDrain {
  private inFlight = 0;
  private draining = false;
  private onIdle: () => void = () => undefined;

  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.inFlight += 1;
      // Comes once, also when the client hangs up before its answer.
      reply.raw.once('close', () => this.ended());
      done();
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.draining) void reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /** Takes no more connections, waits for the answers under way, then closes every connection. */
  async drain(): Promise<void> {
    this.draining = true;
    const { server } = this.fastify;
    server.close();
    await this.idle();
    server.closeAllConnections();
  }

  private ended(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.onIdle();
  }

  private async idle(): Promise<void> {
    if (this.inFlight === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      timer = setTimeout(resolve, LONGEST_MS);
    });
    clearTimeout(timer);
  }
}
