import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { EngineError } from '../../kernel/errors.js';
import { Config } from '../config/config.js';
import { AddressList } from '../http/address-list.js';
import { clientAddress } from '../http/client-address.js';
import { type Access, ACCESS } from './access.js';
import { Authenticator, type Caller } from './authenticator.js';
import { setCaller } from './current-user.js';
import type { Scope } from './scopes.js';

/** Stands before every handler: lets known callers in whose scopes suffice; `CurrentUser` then says who it is. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  private readonly trustedProxies: AddressList;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
    config: Config,
  ) {
    this.trustedProxies = new AddressList(config.auth.trustedProxies);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ??
      usualScope(request.method);
    if (access === 'open') return true;
    const { method, headers, query, body, raw } = request;
    const address = clientAddress(raw, this.trustedProxies);
    const caller = await this.authenticator.authenticate({ method, headers, query, body, address });
    if (access !== 'any-credential') assertScope(caller, access);
    setCaller(request, caller);
    return true;
  }
}

/** Throws `forbidden` when the caller lacks the scope. */
export function assertScope({ scopes }: Caller, scope: Scope): void {
  if (!scopes.includes(scope)) throw new EngineError('forbidden', `the credential lacks the scope ${scope}`);
}

function usualScope(method: string): Scope {
  return method === 'GET' || method === 'HEAD' ? 'orders:read' : 'orders:write';
}
