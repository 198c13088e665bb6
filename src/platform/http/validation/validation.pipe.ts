import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldError } from '../../../kernel/errors.js';
import { fieldFaults } from '../field-fault.js';

/** Checks bodies and queries against their DTO: unknown members are refused, nothing is converted, every fault is reported at once. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: false },
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => fieldFaults(errors.flatMap((error) => faultsOf(error))),
  });
}

function faultsOf({ property, constraints = {}, children = [] }: ValidationError, parent = ''): FieldError[] {
  const field = `${parent}${property}`.slice(0, 100);
  const own = Object.entries(constraints).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? 'is not known' : message,
  }));
  // One rule per member says enough: the others mostly follow from it.
  return [...own.slice(0, 1), ...children.flatMap((child) => faultsOf(child, `${field}.`))];
}
