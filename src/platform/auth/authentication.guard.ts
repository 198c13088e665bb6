import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertWithin, limitHeaders } from '../limits/rate-limits.js';
import { whenThere } from '../time/when-there.js';
import { type Access, ACCESS } from './access.js';
import { assertScope, usualScope } from './scopes.js';
import { setCaller } from './current-user.js';
import { Gate } from './gate.js';

/** Stands before every handler: lets known callers in whose scopes and quotas suffice; `CurrentUser` then says who it is. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly gate: Gate,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const access = this.accessTo(context) ?? usualScope(request.method);
    if (access === 'open') return true;
    const { method, headers, query, body, raw } = request;
    const address = this.gate.addressOf(raw);
    return whenThere(this.gate.identify({ method, headers, query, body, address }), (caller) =>
      whenThere(this.gate.spend(access === 'orders:write' ? 'orders' : 'reads', caller, address), (spent) => {
        void http.getResponse<FastifyReply>().headers(limitHeaders(spent));
        assertWithin(spent);
        if (access !== 'any-credential') assertScope(caller, access);
        setCaller(request, caller);
        return true;
      }),
    );
  }

  private accessTo(context: ExecutionContext): Access | undefined {
    return this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]);
  }
}
