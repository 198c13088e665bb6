import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { REVOKED_KEYS_TOPIC } from '../platform/auth/api-keys/api-keys.messages.js';
import { Authenticator } from '../platform/auth/authenticator.js';
import { EventBus, type Unsubscribe } from '../platform/events/event-bus.js';
import { Connections } from './connections.js';
import { CLOSE } from './gateway.messages.js';

/** With a key known for 2 s (`KnownKeys`), a revocation whose notice is lost still ends every connection within 5 s. */
const LOOK_EVERY_MS = 2_000;

/** Closes connections whose credential was revoked or has expired. */
@Injectable()
export class CredentialWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Gateway');
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: Unsubscribe | null = null;
  private looking = false;
  private asked = false;

  constructor(
    private readonly connections: Connections,
    private readonly authenticator: Authenticator,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    const look = () => void this.look();
    this.unsubscribe = await this.bus.subscribe(REVOKED_KEYS_TOPIC, { onMessage: look, onReconnected: look });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  /** Never rejects. Asked for while it looks, it looks once more. */
  private async look(): Promise<void> {
    this.asked = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.asked) {
        this.asked = false;
        await this.closeEnded();
      }
    } catch (error) {
      this.logger.debug({ err: error }, 'the credentials of open connections could not be checked');
    } finally {
      this.looking = false;
    }
  }

  private async closeEnded(): Promise<void> {
    const credentials = new Map([...this.connections.withCredentials()].map(([, each]) => [each.id, each] as const));
    if (credentials.size === 0) return;
    const ended = await this.authenticator.endedAmong([...credentials.values()]);
    const now = this.clock.now();
    for (const [connection, { id, expiresAt }] of this.connections.withCredentials()) {
      const isExpired = expiresAt !== null && expiresAt <= now;
      if (isExpired || ended.has(id)) connection.close(CLOSE.credentialEnded, 'credential revoked or expired');
    }
  }
}
