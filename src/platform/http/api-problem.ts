import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from './problem.js';
import { problemContent, problemDescription } from './problem.schema.js';

/** Documents the problems that an operation can end with, besides those that the edge gives every operation (`describeEdge`). */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort();
  return applyDecorators(
    ...statuses.map((status) => {
      const same = codes.filter((code) => PROBLEMS[code].status === status);
      return ApiResponse({ status, description: problemDescription(same), content: problemContent(same) });
    }),
  );
}
