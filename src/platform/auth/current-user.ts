import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from './authenticator.js';

const CALLER = Symbol('caller');

/** A request that has its caller in itself: an entry of a `WeakMap` for each costs more than all else that the guard does. */
interface Called {
  [CALLER]?: Caller;
}

/** Remembers who sent a request. */
export function setCaller(request: object, caller: Caller): void {
  (request as Called)[CALLER] = caller;
}

/** Parameter of a handler that is not open: who sent the request, and with what. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  return callerOf(context);
});

/** Parameter of a handler that is not open: the id of the user who sent the request. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  return callerOf(context).userId;
});

function callerOf(context: ExecutionContext): Caller {
  const caller = context.switchToHttp().getRequest<Called>()[CALLER];
  if (caller === undefined) throw new Error('the handler asks for its caller and is open to everybody');
  return caller;
}
