import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { VENUE_CHOICES, type VenueChoice } from '../../kernel/trade.js';
import { Optional } from '../../platform/http/validation/optional.js';
import { OptionalTokenName } from '../../platform/http/validation/trade-fields.js';

/** Query of `GET /pools`. */
export class ListPoolsQuery {
  @OptionalTokenName('SOL')
  readonly baseToken?: string;

  @OptionalTokenName('USDC')
  readonly quoteToken?: string;

  @ApiPropertyOptional({ enum: VENUE_CHOICES })
  @Optional()
  @IsIn(VENUE_CHOICES, { message: `must be one of ${VENUE_CHOICES.join(', ')}` })
  readonly venue?: VenueChoice;
}
