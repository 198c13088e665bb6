import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { messages } from '../../src/gateway/http/asyncapi.messages.js';

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
const schemas: ReadonlyMap<string, ValidateFunction> = new Map(
  Object.values(messages).map(({ name, payload }) => [name, ajv.compile({ ...payload, additionalProperties: false })]),
);
const faults: string[] = [];

/** Notes what is wrong with a frame of the server: the test during which it came fails. */
export function holdFrame(text: string): void {
  const frame = JSON.parse(text) as { readonly type: string };
  const validate = schemas.get(frame.type);
  if (validate?.(frame) === true) return;
  faults.push(`${text.slice(0, 500)}: ${ajv.errorsText(validate?.errors) || 'no such type'}`);
}

afterEach(() => {
  const found = faults.splice(0);
  if (found.length > 0) throw new Error(`frames that /docs/asyncapi.json does not foresee:\n${found.join('\n')}`);
});
