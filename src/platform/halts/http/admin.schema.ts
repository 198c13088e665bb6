import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsString, Length, Matches, NotContains } from 'class-validator';
import { Optional } from '../../http/validation/optional.js';
import type { HaltSource, TradingHalt } from '../persistence/trading-halt.store.js';
import { HALT_SOURCES } from '../persistence/trading-halt.store.js';

/** PostgreSQL keeps every character but one, and a stop must not fail for its words. */
const NUL = '\u0000';
const REASON = { message: 'must be a text of 1 to 500 characters, none of them NUL' };
const HALT_IDS = { each: true, message: 'must be a list of ids of halts, such as ["7"]' };

/** Body of `POST /admin/halt`. An emergency stop needs no words. */
export class HaltDto {
  @ApiPropertyOptional({ example: 'the RPC provider shows two histories', minLength: 1, maxLength: 500 })
  @Optional()
  @NotContains(NUL, REASON)
  @Length(1, 500, REASON)
  @IsString(REASON)
  readonly reason?: string;
}

/** Body of `POST /admin/resume`. */
export class ResumeDto extends HaltDto {
  @ApiPropertyOptional({
    description: 'Which halts to lift, by id. Without it: those that operators raised, and none of the engine',
    type: [String],
    example: ['7'],
  })
  @Optional()
  @Matches(/^\d{1,18}$/, HALT_IDS)
  @IsArray({ message: HALT_IDS.message })
  readonly halts?: readonly string[];
}

class HaltView {
  @ApiProperty({ example: '7' }) id!: string;
  @ApiProperty({ enum: HALT_SOURCES }) source!: HaltSource;
  @ApiProperty({ description: 'What it is about, such as a signature', example: 'trading' }) subject!: string;
  @ApiProperty({ example: 'the RPC provider shows two histories' }) reason!: string;
  @ApiProperty({ example: 'api-key k3Jd9fQx' }) raisedBy!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-22T10:00:00.000Z' }) raisedAt!: string;
}

/** Answer of every admin operation. */
export class TradingStateView {
  @ApiProperty({ description: 'Whether nothing is signed', example: true }) halted!: boolean;
  @ApiProperty({ type: [HaltView], description: 'The open reasons, oldest first' }) halts!: HaltView[];
}

export function tradingStateView(open: readonly TradingHalt[]): TradingStateView {
  return {
    halted: open.length > 0,
    halts: open.map((halt) => ({ ...halt, raisedAt: halt.raisedAt.toISOString() })),
  };
}
