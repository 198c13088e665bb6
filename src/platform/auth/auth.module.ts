import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Config } from '../config/config.js';
import { ApiKeyAuthenticator } from './api-keys/api-key.authenticator.js';
import { KeyUsage } from './api-keys/key-usage.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { Authenticator } from './authenticator.js';
import { JwtAuthenticator } from './jwt/jwt.authenticator.js';
import { Gate } from './gate.js';
import { MeController } from './me.controller.js';
import { NoneAuthenticator } from './none.authenticator.js';
import { ApiKeyStore } from './persistence/api-key.store.js';

/** Who may call: the process's `Authenticator`, and the guard that asks it before every handler. */
@Module({})
export class AuthModule {
  static for({ auth }: Config): DynamicModule {
    const [authenticator, ...its] = MODES[auth.mode];
    return {
      module: AuthModule,
      global: true,
      controllers: [MeController],
      providers: [
        { provide: Authenticator, useClass: authenticator },
        Gate,
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        ...its,
      ],
      exports: [Authenticator, Gate],
    };
  }
}

const MODES: Readonly<Record<Config['auth']['mode'], readonly [Type<Authenticator>, ...Provider[]]>> = {
  none: [NoneAuthenticator],
  'api-key': [ApiKeyAuthenticator, ApiKeyStore, KeyUsage],
  jwt: [JwtAuthenticator],
};
