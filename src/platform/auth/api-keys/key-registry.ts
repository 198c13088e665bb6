import { Injectable } from '@nestjs/common';
import { EngineError } from '../../../kernel/errors.js';
import { Config } from '../../config/config.js';
import { EventBus } from '../../events/event-bus.js';
import { ApiKeyStore, type NewKey, type StoredKey } from '../persistence/api-key.store.js';
import { newApiKey } from './api-key.js';
import { REVOKED_KEYS_TOPIC } from './api-keys.messages.js';
import { keyHash } from './key-hash.js';

export type KeyTerms = Pick<NewKey, 'userId' | 'scopes' | 'networks' | 'expiresAt'>;

export interface IssuedKey extends KeyTerms {
  readonly id: string;
  /** The key itself: shown once, to be found nowhere afterwards. */
  readonly key: string;
}

/** Gives keys out and takes them back. */
@Injectable()
export class KeyRegistry {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly bus: EventBus,
    private readonly config: Config,
  ) {}

  /** Throws `policy-denied` when the user has two good keys already, `validation-failed` when the engine has no pepper. */
  async issue(terms: KeyTerms): Promise<IssuedKey> {
    const { apiKeyPepper, keyEnvironment } = this.config.auth;
    if (apiKeyPepper === undefined) throw new EngineError('validation-failed', 'API_KEY_PEPPER is needed to make keys');
    const { id, environment, text } = newApiKey(keyEnvironment);
    const isKept = await this.store.add({ ...terms, id, environment, hash: keyHash(apiKeyPepper, text) });
    if (!isKept)
      throw new EngineError('policy-denied', `${terms.userId} has two active keys; revoke one of them first`);
    return { ...terms, id, key: text };
  }

  async list(userId: string | null): Promise<StoredKey[]> {
    return this.store.list(userId);
  }

  /** Every process refuses the key within 5 s. Throws `not-found`. */
  async revoke(id: string): Promise<StoredKey> {
    const key = await this.store.revoke(id);
    if (key === null) throw new EngineError('not-found', `there is no key ${id}`);
    await this.bus.publish(REVOKED_KEYS_TOPIC, id);
    return key;
  }
}
