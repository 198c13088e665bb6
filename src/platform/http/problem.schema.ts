import { PROBLEM_MEDIA_TYPE, type ProblemCode, PROBLEMS } from './problem.js';

const text = { type: 'string' as const };

/** Where the OpenAPI document keeps the schema of every problem. */
const PROBLEM_REF = '#/components/schemas/Problem';

/** RFC 9457 problem details, as JSON Schema. A problem may have members of its own: `allow` of a 405, for instance. */
export const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { ...text, pattern: '^urn:problem:[a-z-]+$', example: 'urn:problem:not-found' },
    title: { ...text, example: PROBLEMS['not-found'].title },
    status: { type: 'integer' as const, minimum: 400, maximum: 599, example: 404 },
    detail: { ...text, example: 'no such resource' },
    instance: { ...text, description: 'The request id', example: '4f6c1c0a-6d3e-4f57-9d57-0f4c6b1b9a55' },
    code: { ...text, enum: Object.keys(PROBLEMS), example: 'not-found' },
    errors: {
      type: 'array' as const,
      description: 'What is wrong, field by field; of `validation-failed` only',
      items: {
        type: 'object' as const,
        required: ['field', 'message'],
        properties: { field: { ...text, example: 'side' }, message: { ...text, example: 'must be buy or sell' } },
      },
    },
  },
  additionalProperties: true,
};

/** The content of an answer that is one of the problems `codes`, with an example of each. */
export function problemContent(codes: readonly ProblemCode[]) {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
  return { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: PROBLEM_REF }, examples } };
}

/** What such an answer says, in a line. */
export function problemDescription(codes: readonly ProblemCode[]): string {
  return codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; ');
}

function exampleOf(code: ProblemCode) {
  const { status, title } = PROBLEMS[code];
  const errors = code === 'validation-failed' ? { errors: [{ field: 'side', message: 'must be buy or sell' }] } : {};
  return {
    type: `urn:problem:${code}`,
    title,
    status,
    detail: title,
    instance: '4f6c1c0a-6d3e-4f57-9d57-0f4c6b1b9a55',
    code,
    ...errors,
  };
}
