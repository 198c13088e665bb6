import type { IncomingMessage } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { EngineError } from '../kernel/errors.js';
import { unauthorized } from '../platform/auth/authenticator.js';
import { Gate } from '../platform/auth/gate.js';
import { assertScope } from '../platform/auth/scopes.js';
import { Config } from '../platform/config/config.js';
import type { ProblemError } from '../platform/http/problem.js';
import { translateError } from '../platform/http/translate-error.js';
import { assertWithin } from '../platform/limits/rate-limits.js';
import { within } from '../platform/time/deadline.js';
import { type Applicant, readUpgrade, type RefusedUpgrade } from './admission.js';
import type { Peer } from './connections.js';
import { Tickets } from './tickets.js';

/** Longest that an upgrade waits for the database to say who asks. */
const REDEEM_TIMEOUT_MS = 2_000;

const UNAVAILABLE: ProblemError = { code: 'unavailable', message: 'The stream is not available.', details: {} };

/** What becomes of a request to open the stream. */
export type Admission =
  | { readonly kind: 'admitted'; readonly peer: Peer; readonly since: string | null }
  | { readonly kind: 'nobody' }
  | RefusedUpgrade;

/** Decides before the upgrade who asks for the stream, and whether that may be. */
@Injectable()
export class Doorkeeper {
  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly config: Config,
    private readonly gate: Gate,
    private readonly tickets: Tickets,
  ) {}

  async admit(request: IncomingMessage): Promise<Admission> {
    const application = readUpgrade(request, this.config);
    if (application.kind === 'nobody' || application.kind === 'refused') return application;
    try {
      const peer = await this.peerOf(application, request);
      assertWithin(await this.gate.spend('reads', peer, peer.address));
      return { kind: 'admitted', peer, since: application.since };
    } catch (error) {
      const problem = translateError(error);
      if (problem === null) this.logger.error({ err: error }, 'an upgrade failed');
      return { kind: 'refused', problem: problem ?? UNAVAILABLE };
    }
  }

  private async peerOf(applicant: Applicant, request: IncomingMessage): Promise<Peer> {
    const address = this.gate.addressOf(request);
    switch (applicant.kind) {
      case 'user':
        return { userId: applicant.userId, credential: null, address };
      case 'ticket':
        return { ...(await this.gate.countingFailures(address, () => this.redeem(applicant.ticket))), address };
      case 'header': {
        const claim = { method: 'GET', headers: request.headers, query: undefined, body: undefined, address };
        const caller = await this.gate.identify(claim);
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
