import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import type { FieldError } from '../../../kernel/errors.js';
import { fieldFaults } from '../field-fault.js';

const OPTIONS: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** What handlers take besides DTOs: single values, which are theirs to check. */
const PLAIN_TYPES: ReadonlySet<unknown> = new Set([String, Number, Boolean, Array, Object]);

/**
 * Checks bodies and queries against their DTO: unknown members are refused, nothing is converted, every fault is reported at once.
 * DTOs are flat, so their members are taken over as they are; names that would reach a prototype never get here.
 */
export class ValidationPipe implements PipeTransform {
  /** Throws `validation-failed`. */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || metatype === undefined || PLAIN_TYPES.has(metatype)) return value;
    const dto = Object.assign(new metatype() as object, value);
    const errors = validateSync(dto, OPTIONS);
    if (errors.length > 0) throw fieldFaults(errors.flatMap((error) => faultsOf(error)));
    return dto;
  }
}

/** One rule per member says enough: the others mostly follow from it. */
function faultsOf({ property, constraints = {} }: ValidationError): FieldError[] {
  const field = property.slice(0, 100);
  const [broken] = Object.entries(constraints);
  if (broken === undefined) return [];
  const [rule, message] = broken;
  return [{ field, message: rule === 'whitelistValidation' ? 'is not known' : message }];
}
