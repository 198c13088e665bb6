import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { VENUE_CHOICES, type VenueChoice } from '../../kernel/trade.js';
import { Optional } from '../../platform/http/validation/optional.js';
import { IsTokenName } from '../../platform/http/validation/trade-fields.js';

/** Query of `GET /pools`. */
export class ListPoolsQuery {
  @ApiPropertyOptional({ description: 'Symbol or mint', example: 'SOL' })
  @Optional()
  @IsTokenName()
  readonly baseToken?: string;

  @ApiPropertyOptional({ description: 'Symbol or mint', example: 'USDC' })
  @Optional()
  @IsTokenName()
  readonly quoteToken?: string;

  @ApiPropertyOptional({ enum: VENUE_CHOICES })
  @Optional()
  @IsIn(VENUE_CHOICES, { message: `must be one of ${VENUE_CHOICES.join(', ')}` })
  readonly venue?: VenueChoice;
}
