import { ApiProperty } from '@nestjs/swagger';
import { SIDES } from '../../kernel/trade.js';
import { ConsideredQuoteView, RouteStepView } from '../../platform/http/quote.schema.js';

class BestQuoteView {
  @ApiProperty({ example: '150.1' }) price!: string;
  @ApiProperty({ example: '375.25' }) inAmount!: string;
  @ApiProperty({ example: '2.5' }) outAmount!: string;
  @ApiProperty({ description: 'Most paid or least received, with the slippage', example: '377.12625' })
  otherAmountThreshold!: string;
  @ApiProperty({ type: 'integer', example: 3 }) priceImpactBps!: number;
  @ApiProperty({ type: [RouteStepView] }) route!: RouteStepView[];
}

/** Answer of `GET /quotes`. */
export class QuoteView {
  @ApiProperty({ example: 'SOL' }) baseToken!: string;
  @ApiProperty({ example: 'USDC' }) quoteToken!: string;
  @ApiProperty({ enum: SIDES }) side!: string;
  @ApiProperty({ enum: ['ExactIn', 'ExactOut'] }) swapMode!: string;
  @ApiProperty({ example: '2.5' }) amount!: string;
  @ApiProperty({ type: 'integer', example: 50 }) slippageBps!: number;
  @ApiProperty({ type: BestQuoteView }) best!: BestQuoteView;
  @ApiProperty({ type: [ConsideredQuoteView], description: 'Best first; refused pools last' })
  quotes!: ConsideredQuoteView[];
  @ApiProperty({ type: 'integer', example: 123 }) contextSlot!: number;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-22T10:00:00.000Z' }) timestamp!: string;
}
