import { ApiProperty, ApiPropertyOptions } from '@nestjs/swagger';
import { VENUE_CHOICES } from '../../kernel/trade.js';

const POOL = '7JuwJuNU88gurFnyWeiyGKbFmExMWcmRZntn9imEzdny';
const SOL = 'So11111111111111111111111111111111111111112';
const USDC = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';
const MAYBE_TEXT = { type: String, nullable: true } as const satisfies ApiPropertyOptions;
const MAYBE_INTEGER = { type: 'integer', nullable: true } as const satisfies ApiPropertyOptions;

/** One swap of a route: leg 1 takes the input token, leg 2 the token in between; several of one leg share it. */
export class RouteStepView {
  @ApiProperty({ type: 'integer', example: 1 }) leg!: number;
  @ApiProperty({ enum: VENUE_CHOICES }) venue!: string;
  @ApiProperty({ example: 'cpmm' }) program!: string;
  @ApiProperty({ example: POOL }) pool!: string;
  @ApiProperty({ example: USDC }) inputMint!: string;
  @ApiProperty({ example: SOL }) outputMint!: string;
  @ApiProperty({ example: '375.25' }) inAmount!: string;
  @ApiProperty({ example: '2.5' }) outAmount!: string;
  @ApiProperty({ type: 'integer', description: 'Shares of one leg add up to 10000', example: 10000 }) shareBps!: number;
}

/** One pool's quote, as `quoteView` shows it. */
export class ConsideredQuoteView {
  @ApiProperty({ enum: VENUE_CHOICES }) venue!: string;
  @ApiProperty({ example: 'cpmm' }) program!: string;
  @ApiProperty({ example: POOL }) pool!: string;
  @ApiProperty({ ...MAYBE_TEXT, example: '375.25' }) inAmount!: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: '2.5' }) outAmount!: string | null;
  @ApiProperty({ ...MAYBE_TEXT, example: '150.1' }) price!: string | null;
  @ApiProperty({ ...MAYBE_INTEGER, example: 3 }) priceImpactBps!: number | null;
  @ApiProperty({ type: 'integer', example: 25 }) feeBps!: number;
  @ApiProperty({ type: 'integer', example: 123 }) slot!: number;
  @ApiProperty({ ...MAYBE_TEXT, description: 'Why the pool was refused', example: null }) reason!: string | null;
}
