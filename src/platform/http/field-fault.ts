import { EngineError, type FieldError } from '../../kernel/errors.js';

/** One input breaks one rule. */
export function fieldFault(field: string, message: string): EngineError {
  return fieldFaults([{ field, message }]);
}

/** Inputs break rules, all of them named. */
export function fieldFaults(fields: readonly FieldError[]): EngineError {
  const detail = fields.map(({ field, message }) => `${field} ${message}`).join('; ');
  return new EngineError('validation-failed', detail, { fields });
}
