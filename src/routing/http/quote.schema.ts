import { ApiProperty } from '@nestjs/swagger';
import { SIDES, VENUE_CHOICES } from '../../kernel/trade.js';

const MAYBE_TEXT = { type: String, nullable: true } as const;

class QuotedLegView {
  @ApiProperty({ example: 1 }) leg!: number;
  @ApiProperty({ enum: VENUE_CHOICES }) venue!: string;
  @ApiProperty({ example: 'cpmm' }) program!: string;
  @ApiProperty() pool!: string;
  @ApiProperty({ example: '375.25' }) inAmount!: string;
  @ApiProperty({ example: '2.5' }) outAmount!: string;
  @ApiProperty({ example: 10000 }) shareBps!: number;
}

class BestQuoteView {
  @ApiProperty({ example: '150.1' }) price!: string;
  @ApiProperty({ example: '375.25' }) inAmount!: string;
  @ApiProperty({ example: '2.5' }) outAmount!: string;
  @ApiProperty({ description: 'Most paid or least received, with the slippage', example: '377.12625' })
  otherAmountThreshold!: string;
  @ApiProperty({ example: 3 }) priceImpactBps!: number;
  @ApiProperty({ type: [QuotedLegView] }) route!: QuotedLegView[];
}

class PoolQuoteView {
  @ApiProperty({ enum: VENUE_CHOICES }) venue!: string;
  @ApiProperty({ example: 'cpmm' }) program!: string;
  @ApiProperty() pool!: string;
  @ApiProperty(MAYBE_TEXT) inAmount!: string | null;
  @ApiProperty(MAYBE_TEXT) outAmount!: string | null;
  @ApiProperty(MAYBE_TEXT) price!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) priceImpactBps!: number | null;
  @ApiProperty({ example: 25 }) feeBps!: number;
  @ApiProperty({ example: 123 }) slot!: number;
  @ApiProperty({ ...MAYBE_TEXT, description: 'Why the pool was refused' }) reason!: string | null;
}

/** Answer of `GET /quotes`. */
export class QuoteView {
  @ApiProperty({ example: 'SOL' }) baseToken!: string;
  @ApiProperty({ example: 'USDC' }) quoteToken!: string;
  @ApiProperty({ enum: SIDES }) side!: string;
  @ApiProperty({ enum: ['ExactIn', 'ExactOut'] }) swapMode!: string;
  @ApiProperty({ example: '2.5' }) amount!: string;
  @ApiProperty({ example: 50 }) slippageBps!: number;
  @ApiProperty({ type: BestQuoteView }) best!: BestQuoteView;
  @ApiProperty({ type: [PoolQuoteView], description: 'Best first; refused pools last' }) quotes!: PoolQuoteView[];
  @ApiProperty({ example: 123 }) contextSlot!: number;
  @ApiProperty({ type: String, format: 'date-time' }) timestamp!: string;
}
