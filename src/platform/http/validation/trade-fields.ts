import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsString, Length } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { SIDES, VENUE_CHOICES } from '../../../kernel/trade.js';
import { Optional } from './optional.js';

/** A member that names a token by symbol or mint; whether it is listed is another question. */
export function IsTokenName(): PropertyDecorator {
  return applyDecorators(
    IsString({ message: 'must be a string' }),
    Length(1, 256, { message: 'must be the symbol or the mint address of a token' }),
  );
}

/** The same for a member of a query that may be absent, with an example for its documentation. */
export function OptionalTokenName(example: string): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ description: 'Symbol or mint', example }), Optional(), IsTokenName());
}

/** A member that is `buy` or `sell`. */
export function IsSide(): PropertyDecorator {
  return IsIn(SIDES, { message: 'must be buy or sell' });
}

/** A member that is a non-empty list of venues, each once. */
export function IsVenueList(): PropertyDecorator {
  return applyDecorators(
    IsArray({ message: 'must be a list of raydium and meteora' }),
    ArrayNotEmpty({ message: 'must not be empty' }),
    ArrayUnique({ message: 'must name each venue once' }),
    IsIn(VENUE_CHOICES, { each: true, message: 'must be a list of raydium and meteora' }),
  );
}
