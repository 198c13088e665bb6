import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Authenticator, type CallerRequest } from './authenticator.js';
import { setCaller } from './current-user.js';

/** Lets known callers in; `CurrentUser` then says who it is. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    setCaller(request, await this.authenticator.authenticate(request));
    return true;
  }
}
