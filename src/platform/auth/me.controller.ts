import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RateLimits } from '../limits/rate-limits.js';
import { AnyCredential } from './access.js';
import type { Caller } from './authenticator.js';
import { CurrentCaller } from './current-user.js';
import { SCOPES } from './scopes.js';

class CredentialView {
  @ApiProperty({ enum: ['api-key', 'jwt'] }) kind!: string;
  @ApiProperty({ example: 'k3Jd9fQx' }) id!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null }) expiresAt!: string | null;
}

class LimitView {
  @ApiProperty({ example: 'orders-per-key' }) name!: string;
  @ApiProperty({ type: 'integer', example: 600 }) quota!: number;
  @ApiProperty({ type: 'integer', example: 60 }) windowSeconds!: number;
}

class MeView {
  @ApiProperty({ example: 'user123' }) userId!: string;
  @ApiProperty({ enum: SCOPES, isArray: true }) scopes!: readonly string[];
  @ApiProperty({ type: CredentialView, nullable: true, description: 'null under AUTH_MODE=none' })
  credential!: CredentialView | null;
  @ApiProperty({ type: [LimitView], description: 'Of this credential. Its address has limits of its own.' })
  limits!: readonly LimitView[];
}

@ApiTags('account')
@Controller('me')
export class MeController {
  constructor(private readonly rates: RateLimits) {}

  @Get()
  @AnyCredential()
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Which user, scopes and limits a credential has',
    description:
      'Under AUTH_MODE=none: those of the user who is named. `limits` are counted for each API key by itself, so that two keys of a user ' +
      "have a quota each; all tokens of a subject share one. What bounds a user over all keys are the operator's risk limits.",
  })
  @ApiOkResponse({ type: MeView })
  me(@CurrentCaller() { userId, scopes, credential }: Caller): MeView {
    return {
      userId,
      scopes,
      credential: credential && { ...credential, expiresAt: credential.expiresAt?.toISOString() ?? null },
      limits: this.rates.ofKeys,
    };
  }
}
