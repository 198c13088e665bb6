import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { EngineError } from '../../../kernel/errors.js';
import { Config } from '../../config/config.js';
import { EventBus } from '../../events/event-bus.js';
import { Authenticator, type Caller, type CallerRequest, type Credential, unauthorized } from '../authenticator.js';
import { bearerOf } from '../bearer.js';
import { ApiKeyStore } from '../persistence/api-key.store.js';
import { type ApiKey, parseApiKey } from './api-key.js';
import { REVOKED_KEYS_TOPIC } from './api-keys.messages.js';
import { keyHash } from './key-hash.js';
import { type KnownKey, KnownKeys } from './known-keys.js';
import { KeyUsage } from './key-usage.js';

/** Takes an API key in the `authorization` header; what it may do is in the table of keys. */
@Injectable()
export class ApiKeyAuthenticator extends Authenticator implements OnModuleInit {
  private readonly known: KnownKeys;

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
  }

  async authenticate({ headers, address }: CallerRequest): Promise<Caller> {
    const bearer = bearerOf(headers);
    const key = bearer === null ? null : parseApiKey(bearer);
    if (key === null) throw unauthorized();
    const known = await this.lookUp(key.id);
    if (known === null || !this.isGood(key, known, address)) throw unauthorized();
    this.usage.note(key.id);
    const { userId, scopes, expiresAt } = known;
    return { userId, scopes, credential: { kind: 'api-key', id: key.id, expiresAt } };
  }

  async endedAmong(credentials: readonly Credential[]): Promise<ReadonlySet<string>> {
    return this.store.endedAmong(credentials.map(({ id }) => id));
  }

  private async lookUp(id: string): Promise<KnownKey | null> {
    try {
      return await this.known.find(id);
    } catch (cause) {
      throw new EngineError('unavailable', 'The credential could not be checked.', { cause });
    }
  }

  private isGood(key: ApiKey, known: KnownKey, address: string): boolean {
    const { environment, expiresAt, allowedFrom } = known;
    return (
      this.isOf(key, known) &&
      environment === this.config.auth.keyEnvironment &&
      (expiresAt === null || expiresAt > this.clock.now()) &&
      (allowedFrom === null || allowedFrom.includes(address))
    );
  }

  private isOf({ text }: ApiKey, known: KnownKey): boolean {
    const digest = hash('sha256', text, 'buffer');
    if (known.proven !== null && timingSafeEqual(digest, known.proven)) return true;
    const isRight = timingSafeEqual(keyHash(this.config.auth.apiKeyPepper ?? '', text), known.hash);
    if (isRight) known.proven = digest;
    return isRight;
  }
}
