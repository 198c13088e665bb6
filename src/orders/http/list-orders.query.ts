import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Length, Matches } from 'class-validator';
import { type Side, SIDES } from '../../kernel/trade.js';
import { OwnerQuery } from '../../platform/auth/owner.query.js';
import { Optional } from '../../platform/http/validation/optional.js';
import { IsSide, OptionalTokenName } from '../../platform/http/validation/trade-fields.js';
import { ORDER_STATUSES, type OrderStatus } from '../domain/order-status.js';

export const DEFAULT_LIMIT = 50;
const LIMIT = /^(?:[1-9]|[1-9][0-9]|1[0-9][0-9]|200)$/;

/** Query of `GET /orders`. */
export class ListOrdersQuery extends OwnerQuery {
  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @Optional()
  @IsIn(ORDER_STATUSES, { message: `must be one of ${ORDER_STATUSES.join(', ')}` })
  readonly status?: OrderStatus;

  @OptionalTokenName('SOL')
  readonly baseToken?: string;

  @OptionalTokenName('USDC')
  readonly quoteToken?: string;

  @ApiPropertyOptional({ enum: SIDES })
  @Optional()
  @IsSide()
  readonly side?: Side;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: DEFAULT_LIMIT })
  @Optional()
  @Matches(LIMIT, { message: 'must be a whole number from 1 to 200' })
  readonly limit?: string;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before' })
  @Optional()
  @Length(1, 256, { message: 'must be a nextCursor of an earlier answer' })
  @IsString({ message: 'must be a nextCursor of an earlier answer' })
  readonly cursor?: string;
}
