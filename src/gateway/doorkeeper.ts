import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import { assertScope } from '../platform/auth/authentication.guard.js';
import { Authenticator, unauthorized } from '../platform/auth/authenticator.js';
import { Config } from '../platform/config/config.js';
import { AddressList } from '../platform/http/address-list.js';
import { clientAddress } from '../platform/http/client-address.js';
import { translateError } from '../platform/http/translate-error.js';
import { within } from '../platform/time/deadline.js';
import { readUpgrade, refused, type RefusedUpgrade } from './admission.js';
import type { Peer } from './connections.js';
import { Tickets } from './tickets.js';

/** Longest that an upgrade waits for the database to say who asks. */
const REDEEM_TIMEOUT_MS = 2_000;

/** What becomes of a request to open the stream. */
export type Admission =
  | { readonly kind: 'admitted'; readonly peer: Peer; readonly since: string | null }
  | { readonly kind: 'nobody' }
  | RefusedUpgrade;

/** Decides before the upgrade who asks for the stream, and whether that may be. */
@Injectable()
export class Doorkeeper {
  private readonly trustedProxies: AddressList;

  constructor(
    private readonly config: Config,
    private readonly authenticator: Authenticator,
    private readonly tickets: Tickets,
  ) {
    this.trustedProxies = new AddressList(config.auth.trustedProxies);
  }

  async admit(request: IncomingMessage): Promise<Admission> {
    const application = readUpgrade(request, this.config);
    if (application.kind === 'nobody' || application.kind === 'refused') return application;
    const address = clientAddress(request, this.trustedProxies);
    try {
      const peer = await this.peerOf(application, request, address);
      return { kind: 'admitted', peer, since: application.since };
    } catch (error) {
      const problem = translateError(error);
      return problem ? refused(problem.code, problem.message) : refused('unavailable', 'The stream is not available.');
    }
  }

  private async peerOf(
    application: { kind: 'user'; userId: string } | { kind: 'ticket'; ticket: string } | { kind: 'header' },
    { headers }: IncomingMessage,
    address: string,
  ): Promise<Peer> {
    switch (application.kind) {
      case 'user':
        return { userId: application.userId, credential: null, address };
      case 'ticket': {
        const holder = await this.redeem(application.ticket);
        return { ...holder, address };
      }
      case 'header': {
        const claim = { method: 'GET', headers, query: undefined, body: undefined, address };
        const caller = await this.authenticator.authenticate(claim);
        assertScope(caller, 'orders:read');
        return { userId: caller.userId, credential: caller.credential, address };
      }
    }
  }

  private async redeem(ticket: string) {
    const holder = await within(this.tickets.redeem(ticket), REDEEM_TIMEOUT_MS).catch((cause: unknown) => {
      throw new EngineError('unavailable', 'The ticket could not be checked.', { cause });
    });
    if (holder === null) throw unauthorized();
    return holder;
  }
}
