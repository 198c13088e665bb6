import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { EngineError } from '../../../kernel/errors.js';
import { Config } from '../../config/config.js';
import { EventBus } from '../../events/event-bus.js';
import { Authenticator, type Caller, type CallerRequest, type Credential, unauthorized } from '../authenticator.js';
import { bearerOf } from '../bearer.js';
import { ApiKeyStore } from '../persistence/api-key.store.js';
import { type ApiKey, idIn, parseApiKey } from './api-key.js';
import { REVOKED_KEYS_TOPIC } from './api-keys.messages.js';
import { BlindDigest } from './blind-digest.js';
import { keyHash } from './key-hash.js';
import { type KnownKey, KnownKeys, RENEW_EVERY_MS } from './known-keys.js';
import { KeyUsage } from './key-usage.js';

/** Takes an API key in the `authorization` header; what it may do is in the table of keys. */
@Injectable()
export class ApiKeyAuthenticator extends Authenticator implements OnModuleInit, OnApplicationShutdown {
  private readonly known: KnownKeys;
  private readonly digest = new BlindDigest();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly usage: KeyUsage,
    private readonly config: Config,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {
    super();
    this.known = new KnownKeys(store, clock);
  }

  async onModuleInit(): Promise<void> {
    await this.bus.subscribe(REVOKED_KEYS_TOPIC, {
      onMessage: (id) => this.known.forget(id),
      onReconnected: () => this.known.forgetAll(),
    });
    this.timer = setInterval(() => void this.known.renew(), RENEW_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Expiry and address count every time; a key that is in use is told at once. */
  authenticate({ headers, address }: CallerRequest): Caller | Promise<Caller> {
    const bearer = bearerOf(headers);
    if (bearer === null) throw unauthorized();
    const proven = this.justProven(bearer);
    return proven === null ? this.prove(bearer, address) : this.callerWith(proven, address);
  }

  async endedAmong(credentials: readonly Credential[]): Promise<ReadonlySet<string>> {
    const ended = await this.store.endedAmong(credentials.map(({ id }) => id));
    // Who is shown out is not let in again by what was known a moment ago.
    for (const id of ended) this.known.forget(id);
    return ended;
  }

  /** The key whose whole text this is, when that was shown before and the table was asked a moment ago: neither has to be done again. */
  private justProven(text: string): KnownKey | null {
    const known = this.known.current(idIn(text));
    return known !== null && known.proven === this.digest.of(text) ? known : null;
  }

  private async prove(text: string, address: string): Promise<Caller> {
    const key = parseApiKey(text);
    if (key === null) throw unauthorized();
    const known = await this.lookUp(key.id);
    if (known === null || !this.isOf(key, known)) throw unauthorized();
    known.proven = this.digest.of(text);
    return this.callerWith(known, address);
  }

  /** Whose key it is, if it is good here, now and from that address. */
  private callerWith({ id, userId, scopes, environment, expiresAt, allowedFrom }: KnownKey, address: string): Caller {
    const isGood =
      environment === this.config.auth.keyEnvironment &&
      (expiresAt === null || expiresAt > this.clock.now()) &&
      (allowedFrom === null || allowedFrom.includes(address));
    if (!isGood) throw unauthorized();
    this.usage.note(id);
    return { userId, scopes, credential: { kind: 'api-key', id, expiresAt } };
  }

  private async lookUp(id: string): Promise<KnownKey | null> {
    try {
      return await this.known.find(id);
    } catch (cause) {
      throw new EngineError('unavailable', 'The credential could not be checked.', { cause });
    }
  }

  private isOf({ text }: ApiKey, known: KnownKey): boolean {
    return timingSafeEqual(keyHash(this.config.auth.apiKeyPepper ?? '', text), known.hash);
  }
}
