import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Credential } from '../../platform/auth/authenticator.js';
import type { Config } from '../../platform/config/config.js';

export interface TicketHolder {
  readonly userId: string;
  /** What the ticket was bought with; null where callers need none. */
  readonly credential: Credential | null;
}

export interface NewTicket extends TicketHolder {
  readonly hash: Buffer;
  readonly authMode: Config['auth']['mode'];
  readonly livesMs: number;
}

interface StoredHolder {
  readonly user_id: string;
  readonly credential: (Omit<Credential, 'expiresAt'> & { readonly expiresAt: string | null }) | null;
}

/** Tickets that were given out and not used yet. Their time runs by the database's clock. */
@Injectable()
export class TicketStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Keeps a ticket, and clears away those whose time is long over. Returns when it expires. */
  async add({ hash, userId, authMode, credential, livesMs }: NewTicket): Promise<Date> {
    const [row] = await this.dataSource.query<{ expires_at: Date }[]>(
      `with outdated as (delete from ws_tickets where expires_at < now() - interval '1 minute')
       insert into ws_tickets (hash, user_id, auth_mode, credential, expires_at)
       values ($1, $2, $3, $4::json, now() + $5::int * interval '1 ms') returning expires_at`,
      [hash, userId, authMode, credential && JSON.stringify(credential), livesMs],
    );
    if (row === undefined) throw new Error('the ticket was not stored');
    return row.expires_at;
  }

  /** Uses a ticket up; null when it is unknown, used, expired or of another mode. Of many at once, on whatever process, one gets it. */
  async take(hash: Buffer, authMode: Config['auth']['mode']): Promise<TicketHolder | null> {
    const [rows] = await this.dataSource.query<[StoredHolder[], number]>(
      'delete from ws_tickets where hash = $1 and auth_mode = $2 and expires_at > now() returning user_id, credential',
      [hash, authMode],
    );
    const [row] = rows;
    return row === undefined ? null : { userId: row.user_id, credential: row.credential && revived(row.credential) };
  }
}

function revived({ expiresAt, ...credential }: NonNullable<StoredHolder['credential']>): Credential {
  return { ...credential, expiresAt: expiresAt === null ? null : new Date(expiresAt) };
}
