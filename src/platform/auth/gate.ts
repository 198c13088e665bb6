import { Injectable } from '@nestjs/common';
import { hasCode } from '../../kernel/errors.js';
import { Config } from '../config/config.js';
import { AddressList, networkOf } from '../http/address-list.js';
import { clientAddress, type ReceivedRequest } from '../http/client-address.js';
import type { Taken } from '../limits/allowance.js';
import { RateLimits } from '../limits/rate-limits.js';
import { Authenticator, type Caller, type CallerRequest } from './authenticator.js';

/** Says who calls and keeps count of it, for HTTP requests and WebSockets alike. */
@Injectable()
export class Gate {
  private readonly trustedProxies: AddressList;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    config: Config,
  ) {
    this.trustedProxies = new AddressList(config.auth.trustedProxies);
  }

  addressOf(request: ReceivedRequest): string {
    return clientAddress(request, this.trustedProxies);
  }

  /** Throws what `Authenticator.authenticate` throws, and `rate-limited`. */
  identify(request: CallerRequest): Caller | Promise<Caller> {
    return this.countingFailures(request.address, () => this.authenticator.authenticate(request));
  }

  /**
   * Does `check`, and counts its `unauthorized`. Only failures are refused when they are too many: a good credential passes, whatever
   * others send from the same address.
   */
  countingFailures<T>(address: string, check: () => T | Promise<T>): T | Promise<T> {
    const failed = async (error: unknown): Promise<never> => {
      if (hasCode(error, 'unauthorized')) await this.limits.countFailure(networkOf(address));
      throw error;
    };
    try {
      const checked = check();
      return checked instanceof Promise ? checked.catch(failed) : checked;
    } catch (error) {
      return failed(error);
    }
  }

  /** Takes one from the caller's quotas; see `assertWithin`. */
  spend(
    kind: 'orders' | 'reads',
    { userId, credential }: Pick<Caller, 'userId' | 'credential'>,
    address: string,
  ): readonly Taken[] | Promise<readonly Taken[]> {
    const key = credential === null ? `user:${userId}` : `${credential.kind}:${credential.id}`;
    return this.limits.spend(kind, { key, address: networkOf(address) });
  }
}
