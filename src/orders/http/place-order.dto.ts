import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, Matches, Min } from 'class-validator';
import { type Side, SIDES, VENUE_CHOICES, type VenueChoice } from '../../kernel/trade.js';
import { USER_ID_PATTERN, USER_ID_RULE } from '../../platform/auth/user-id.js';
import { IsDecimalAmount, IsDecimalString } from '../../platform/http/validation/decimal-amount.js';
import { Optional } from '../../platform/http/validation/optional.js';
import { IsSide, IsTokenName, IsVenueList } from '../../platform/http/validation/trade-fields.js';

const CLIENT_ORDER_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const SLIPPAGE_RULE = { message: 'must be a whole number of basis points from 0 up' };

/** Body of `POST /orders/execute`. Rules that need the token list or the configuration follow in `toTerms`. */
export class PlaceOrderDto {
  @ApiProperty({ description: 'Symbol (any case) or mint address of a listed token', example: 'SOL' })
  @IsTokenName()
  readonly baseToken!: string;

  @ApiProperty({ description: 'Symbol (any case) or mint address of another listed token', example: 'USDC' })
  @IsTokenName()
  readonly quoteToken!: string;

  @ApiProperty({
    description: 'Base quantity, exactly: a plain decimal string, or a JSON number of at most 15 significant digits',
    oneOf: [
      { type: 'string', pattern: '^(0|[1-9][0-9]*)(\\.[0-9]+)?$' },
      // Above zero: the typings know `exclusiveMinimum` as OpenAPI 3.0 had it only.
      { type: 'number', minimum: 0, not: { enum: [0] } },
    ],
    example: '2.5',
  })
  @IsDecimalAmount()
  readonly amount!: string | number;

  @ApiProperty({
    enum: SIDES,
    description: '`buy`: exactly `amount` base is received; `sell`: exactly `amount` base is given',
    example: 'buy',
  })
  @IsSide()
  readonly side!: Side;

  @ApiPropertyOptional({ enum: ['market'], default: 'market' })
  @Optional()
  @IsIn(['market'], { message: 'must be market' })
  readonly type?: 'market';

  @ApiPropertyOptional({ type: 'integer', description: 'Up to MAX_SLIPPAGE_BPS', minimum: 0, example: 50 })
  @Optional()
  @Min(0, SLIPPAGE_RULE)
  @IsInt(SLIPPAGE_RULE)
  readonly slippageBps?: number;

  @ApiPropertyOptional({
    description: 'Buy only: the most quote token to pay; the tighter of it and the slippage counts',
    example: '380',
  })
  @Optional()
  @IsDecimalString()
  readonly maxQuoteAmount?: string;

  @ApiPropertyOptional({
    description: 'Sell only: the least quote token to receive; the tighter of it and the slippage counts',
    example: '370',
  })
  @Optional()
  @IsDecimalString()
  readonly minQuoteAmount?: string;

  @ApiPropertyOptional({ description: 'Unique per user', pattern: CLIENT_ORDER_ID.source, example: 'my-order-1' })
  @Optional()
  @Matches(CLIENT_ORDER_ID, { message: 'must be 1 to 64 characters of A-Za-z0-9._:-' })
  readonly clientOrderId?: string;

  @ApiPropertyOptional({
    enum: VENUE_CHOICES,
    isArray: true,
    description: 'All by default',
    example: ['raydium', 'meteora'],
  })
  @Optional()
  @IsVenueList()
  readonly venues?: VenueChoice[];

  @ApiPropertyOptional({
    description: 'Read only under AUTH_MODE=none; the header x-user-id does the same',
    example: 'user123',
  })
  @Optional()
  @Matches(USER_ID_PATTERN, { message: USER_ID_RULE })
  readonly userId?: string;
}
