import { Global, Module } from '@nestjs/common';
import { AuthenticationGuard } from './authentication.guard.js';
import { Authenticator } from './authenticator.js';
import { NoneAuthenticator } from './none.authenticator.js';

/** Who may call: the process's `Authenticator`, and the guard that asks it. */
@Global()
@Module({
  providers: [{ provide: Authenticator, useClass: NoneAuthenticator }, AuthenticationGuard],
  exports: [Authenticator, AuthenticationGuard],
})
export class AuthModule {}
