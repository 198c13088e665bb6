import { ValidateIf } from 'class-validator';

/** The member may be absent. `null` is not absent: it breaks the member's rules. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_owner: object, value: unknown) => value !== undefined);
}
