import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_EXTENSION, type Access } from '../auth/access.js';
import { usualScope } from '../auth/scopes.js';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, PROBLEMS } from './problem.js';
import { PROBLEM_SCHEMA, problemContent, problemDescription } from './problem.schema.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Of a request to any path: its query, its host or origin, or we ourselves. */
const EVERYWHERE: readonly ProblemCode[] = [
  'validation-failed',
  'credential-in-url',
  'forbidden',
  'headers-too-large',
  'internal',
];
/** Where a caller must be known. */
const GUARDED: readonly ProblemCode[] = ['unauthorized', 'rate-limited', 'unavailable'];
/** Where a body is read. */
const WITH_BODY: readonly ProblemCode[] = ['request-timeout', 'payload-too-large', 'unsupported-media-type'];

const HEADERS = {
  'x-request-id': {
    description: "The request's own where that is fit, else a new one",
    required: true,
    schema: { type: 'string' as const, pattern: '^[A-Za-z0-9._-]{1,64}$' },
    example: '4f6c1c0a-6d3e-4f57-9d57-0f4c6b1b9a55',
  },
  'retry-after': {
    description: 'Seconds to wait',
    required: true,
    schema: { type: 'integer' as const, minimum: 1 },
    example: 12,
  },
  'www-authenticate': {
    description: 'How to say who asks',
    required: true,
    schema: { type: 'string' as const, const: 'Bearer' },
    example: 'Bearer',
  },
  ratelimit: {
    description: 'What is left of each quota; absent when every limit is off (draft-ietf-httpapi-ratelimit-headers-10)',
    schema: { type: 'string' as const, pattern: '^"[a-z-]+";r=\\d+;t=\\d+(, "[a-z-]+";r=\\d+;t=\\d+)*$' },
    example: '"orders-per-key";r=599;t=60',
  },
  'ratelimit-policy': {
    description: 'The quotas that the request was counted under',
    schema: { type: 'string' as const, pattern: '^"[a-z-]+";q=\\d+;w=\\d+(, "[a-z-]+";q=\\d+;w=\\d+)*$' },
    example: '"orders-per-key";q=600;w=60',
  },
};

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Described = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

/** Adds to a document what the edge does to every operation: who may call it, what that can end with, and the headers of every answer. */
export function describeEdge(document: OpenAPIObject): OpenAPIObject {
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) describeOperation(operation, method);
    }
  }
  const { schemas, ...components } = document.components ?? {};
  return {
    ...document,
    components: { ...components, headers: HEADERS, schemas: { ...schemas, Problem: PROBLEM_SCHEMA } },
  };
}

function describeOperation(operation: Operation, method: (typeof METHODS)[number]): void {
  const access = accessOf(operation) ?? usualScope(method.toUpperCase());
  const needs =
    access === 'any-credential' ? 'Needs a credential.' : `Needs a credential with the scope \`${access}\`.`;
  Object.assign(operation, { [ACCESS_EXTENSION]: access });
  if (access === 'open') operation.security = [];
  else operation.description = [operation.description, needs].filter(Boolean).join(' ');
  const problems = [...EVERYWHERE, ...(access === 'open' ? [] : GUARDED), ...(method === 'get' ? [] : WITH_BODY)];
  for (const code of problems) addProblem(operation.responses, code);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    response.headers = { ...refs(headersOf(Number(status), access)), ...response.headers };
  }
}

function accessOf(operation: Operation): Access | undefined {
  return (operation as { [ACCESS_EXTENSION]?: Access })[ACCESS_EXTENSION];
}

function addProblem(responses: Operation['responses'], code: ProblemCode): void {
  const known = responses[PROBLEMS[code].status] as Described | undefined;
  const codes = Object.keys(known?.content?.[PROBLEM_MEDIA_TYPE]?.examples ?? {}) as ProblemCode[];
  const all = [...new Set([...codes, code])];
  responses[PROBLEMS[code].status] = {
    ...known,
    description: problemDescription(all),
    content: { ...known?.content, ...problemContent(all) },
  };
}

function headersOf(status: number, access: Access): readonly (keyof typeof HEADERS)[] {
  const isCounted = access !== 'open' && (status < 300 || status === 429);
  return [
    'x-request-id',
    ...(status === 401 ? (['www-authenticate'] as const) : []),
    ...(status === 429 || (status === 503 && access !== 'open') ? (['retry-after'] as const) : []),
    ...(isCounted ? (['ratelimit', 'ratelimit-policy'] as const) : []),
  ];
}

function refs(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
