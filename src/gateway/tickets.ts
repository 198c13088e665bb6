import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { type Caller, Authenticator } from '../platform/auth/authenticator.js';
import { Config } from '../platform/config/config.js';
import { type TicketHolder, TicketStore } from './persistence/ticket.store.js';

const TICKET_BYTES = 32;
const LIFE_MS = 30_000;

export interface Ticket {
  /** A secret that is good for one connection. */
  readonly text: string;
  readonly expiresAt: Date;
}

/** One-time tickets for the WebSocket: browsers can't set its headers, and what stands in a URL has to be worthless soon. */
@Injectable()
export class Tickets {
  constructor(
    private readonly store: TicketStore,
    private readonly authenticator: Authenticator,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async issue({ userId, credential }: Pick<Caller, 'userId' | 'credential'>): Promise<Ticket> {
    const text = randomBytes(TICKET_BYTES).toString('base64url');
    const { mode: authMode } = this.config.auth;
    const expiresAt = await this.store.add({ hash: hashOf(text), userId, authMode, credential, livesMs: LIFE_MS });
    return { text, expiresAt };
  }

  /** Uses a ticket up; null when it is not good, or the credential behind it is good no longer. */
  async redeem(text: string): Promise<TicketHolder | null> {
    const holder = await this.store.take(hashOf(text), this.config.auth.mode);
    const credential = holder?.credential ?? null;
    if (credential === null) return holder;
    // Not every authenticator knows which credentials have ended by their time alone.
    if (credential.expiresAt !== null && credential.expiresAt <= this.clock.now()) return null;
    const ended = await this.authenticator.endedAmong([credential]);
    return ended.has(credential.id) ? null : holder;
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
