import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, PROBLEMS } from './problem.js';

/** Documents the problems that an operation can end with, besides those that every operation has. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort();
  return applyDecorators(
    ...statuses.map((status) => {
      const same = codes.filter((code) => PROBLEMS[code].status === status);
      return ApiResponse({
        status,
        description: same.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: PROBLEM_SCHEMA,
            examples: Object.fromEntries(same.map((code) => [code, { value: exampleOf(code) }])),
          },
        },
      });
    }),
  );
}

const text = { type: 'string' } as const;

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' as const },
    detail: text,
    instance: { ...text, description: 'The request id' },
    code: text,
    errors: {
      type: 'array' as const,
      items: { type: 'object' as const, required: ['field', 'message'], properties: { field: text, message: text } },
    },
  },
};

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
