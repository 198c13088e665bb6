import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from './authenticator.js';

const callers = new WeakMap<object, Caller>();

/** Remembers who sent a request. */
export function setCaller(request: object, caller: Caller): void {
  callers.set(request, caller);
}

/** Parameter of a handler behind `AuthenticationGuard`: the id of the user who sent the request. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<object>());
  if (caller === undefined) throw new Error('CurrentUser is used on a handler without AuthenticationGuard');
  return caller.userId;
});
