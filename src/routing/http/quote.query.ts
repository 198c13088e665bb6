import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { type Side, SIDES } from '../../kernel/trade.js';
import { IsDecimalString } from '../../platform/http/validation/decimal-amount.js';
import { Optional } from '../../platform/http/validation/optional.js';
import { IsSide, IsTokenName } from '../../platform/http/validation/trade-fields.js';

/** Query of `GET /quotes`. */
export class QuoteQuery {
  @ApiProperty({ description: 'Symbol or mint', example: 'SOL' })
  @IsTokenName()
  readonly baseToken!: string;

  @ApiProperty({ description: 'Symbol or mint', example: 'USDC' })
  @IsTokenName()
  readonly quoteToken!: string;

  @ApiProperty({ description: 'Base quantity', example: '2.5' })
  @IsDecimalString()
  readonly amount!: string;

  @ApiProperty({ enum: SIDES })
  @IsSide()
  readonly side!: Side;

  @ApiPropertyOptional({ type: 'integer', description: 'Up to MAX_SLIPPAGE_BPS', minimum: 0, example: 50 })
  @Optional()
  @Matches(/^(?:0|[1-9]\d*)$/, { message: 'must be a whole number of basis points from 0 up' })
  readonly slippageBps?: string;

  @ApiPropertyOptional({ description: 'Comma list of raydium and meteora; all by default', example: 'raydium,meteora' })
  @Optional()
  @Matches(/^(?:raydium|meteora|raydium,meteora|meteora,raydium)$/, {
    message: 'must be a comma list of raydium and meteora, each once',
  })
  readonly venues?: string;
}
