import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Optional } from '../http/validation/optional.js';
import { USER_ID_PATTERN, USER_ID_RULE } from './user-id.js';

/** Query of requests without a body: under `AUTH_MODE=none` it may say whose orders are meant. */
export class OwnerQuery {
  @ApiPropertyOptional({
    description: 'Read only under AUTH_MODE=none; the header x-user-id does the same.',
    example: 'user123',
  })
  @Optional()
  @Matches(USER_ID_PATTERN, { message: USER_ID_RULE })
  readonly userId?: string;
}
