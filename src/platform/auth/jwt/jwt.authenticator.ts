import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { Config } from '../../config/config.js';
import { Availability } from '../../health/availability.js';
import { Authenticator, type Caller, type CallerRequest, unauthorized } from '../authenticator.js';
import { bearerOf } from '../bearer.js';
import { type TokenReader, tokenReader } from './token-reader.js';

/** Checking a signature costs more than the rest of a request does. */
const FRESH_MS = 5_000;
const MAX_TOKENS = 10_000;

interface Entry {
  readonly readAtMs: number;
  readonly caller: Caller;
}

/** Takes a token that the configured issuer has signed; what it may do is in its claims. */
@Injectable()
export class JwtAuthenticator extends Authenticator {
  private readonly read: TokenReader;
  /** By the hash of the token. */
  private readonly known = new Map<string, Entry>();

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    super();
    if (config.auth.jwt === undefined) throw new Error('AUTH_MODE=jwt without its settings');
    this.read = tokenReader(config.auth.jwt, new Availability("the issuer's keys", new Logger('Auth')));
  }

  async authenticate({ headers }: CallerRequest): Promise<Caller> {
    const token = bearerOf(headers);
    if (token === null) throw unauthorized();
    const hash = createHash('sha256').update(token).digest('base64');
    const nowMs = this.clock.monotonicMs();
    const found = this.known.get(hash);
    if (found !== undefined && nowMs - found.readAtMs < FRESH_MS) return this.unexpired(found.caller);
    const caller = await this.read(token);
    this.remember(hash, { readAtMs: nowMs, caller });
    return caller;
  }

  /** A token can't be taken back; its end is in itself. */
  endedAmong(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set<string>());
  }

  private unexpired(caller: Caller): Caller {
    const expiresAt = caller.credential?.expiresAt ?? null;
    if (expiresAt !== null && expiresAt <= this.clock.now()) throw unauthorized();
    return caller;
  }

  private remember(hash: string, entry: Entry): void {
    this.known.delete(hash);
    this.known.set(hash, entry);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_TOKENS && oldest !== undefined) this.known.delete(oldest);
  }
}
