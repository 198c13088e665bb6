import { type RulesetDefinition, Spectral } from '@stoplight/spectral-core';
import { asyncapi, oas } from '@stoplight/spectral-rulesets';
import { asyncApiDocument } from '../../src/gateway/http/asyncapi.js';
import { type Engine, startEngine } from '../support/engine.js';
import { ApiClient } from './api-client.js';

/** Whoever runs the engine is the one to contact, and the document can't know who that is. */
const OAS: RulesetDefinition = { extends: [oas as RulesetDefinition], rules: { 'info-contact': 'off' } };
const ASYNCAPI: RulesetDefinition = {
  extends: [asyncapi as RulesetDefinition],
  rules: {
    'asyncapi-info-contact': 'off',
    // 3.1 adds nothing that the stream needs, and fewer tools read it.
    'asyncapi-latest-version': 'off',
  },
};

interface Operation {
  readonly operationId: string;
  readonly 'x-access': string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, { examples: object }>> }>>;
}

/** Renaming one breaks every client that was generated from the document. */
const OPERATION_IDS = {
  'post /orders/execute': 'placeOrder',
  'get /orders': 'listOrders',
  'get /orders/{orderId}': 'getOrder',
  'delete /orders/{orderId}': 'cancelOrder',
  'get /orders/{orderId}/events': 'listOrderEvents',
  'get /orders/{orderId}/attempts': 'listOrderAttempts',
  'get /quotes': 'getQuote',
  'get /tokens': 'listTokens',
  'get /pools': 'listPools',
  'post /ws/tickets': 'createStreamTicket',
  'get /docs/asyncapi.json': 'getStreamDocument',
  'get /me': 'getMe',
  'get /admin/state': 'getTradingState',
  'post /admin/halt': 'haltTrading',
  'post /admin/resume': 'resumeTrading',
  'get /health': 'getHealth',
  'get /health/live': 'getLiveness',
  'get /health/ready': 'getReadiness',
  'get /metrics': 'getMetrics',
};

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
type Schemas = Readonly<Record<string, { readonly properties: Readonly<Record<string, Record<string, unknown>>> }>>;

/** Real: the built engine, and the linter with the rules that its authors recommend. */
describe('the documents that the engine serves', () => {
  let engine: Engine;
  let api: ApiClient;

  beforeAll(async () => {
    engine = await startEngine({ env: { ROLES: 'api' } });
    api = new ApiClient(engine.url);
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  const findings = async (rules: RulesetDefinition, document: object) => {
    const linter = new Spectral();
    linter.setRuleset(rules);
    const found = await linter.run(document as Record<string, unknown>);
    return found.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
  };

  it('OpenAPI has no finding of the linter', async () => {
    expect(await findings(OAS, (await api.get('/docs/json')).body)).toEqual([]);
  });

  it('AsyncAPI has none either', async () => {
    const { body } = await api.get('/docs/asyncapi.json');
    expect(body).toEqual(JSON.parse(JSON.stringify(asyncApiDocument)));
    expect(await findings(ASYNCAPI, body)).toEqual([]);
  });

  it('the linter would have found a fault', async () => {
    const { body } = await api.get('/docs/json');
    body.components.schemas.OrderView.properties.progress.example = 'a lot';
    delete body.paths['/orders/{orderId}'].get.responses['200'].description;
    const codes = (await findings(OAS, body)).map((finding) => finding.split(' ', 1)[0]);
    expect(new Set(codes)).toEqual(new Set(['oas3-schema', 'oas3-valid-schema-example']));
  });

  it('operations have the ids that generated clients are named after, each once', async () => {
    const { paths } = (await api.get('/docs/json')).body;
    const ids = Object.entries(paths as Paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId }]) => [`${method} ${path}`, operationId] as const),
    );
    expect(new Set(ids.map(([, id]) => id)).size).toBe(ids.length);
    expect(Object.fromEntries(ids)).toEqual(OPERATION_IDS);
  });

  it('every operation says who may call it and what it can be refused with', async () => {
    const { paths } = (await api.get('/docs/json')).body;
    const operations = Object.entries(paths as Paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, method, operation })),
    );
    expect(operations.length).toBeGreaterThan(15);
    for (const { name, method, operation } of operations) {
      const isOpen = operation['x-access'] === 'open';
      const refused = [400, 403, ...(isOpen ? [] : [401, 429, 503]), ...(method === 'get' ? [] : [408, 413, 415])];
      const problems = Object.entries(operation.responses).filter(
        ([, { content }]) => 'application/problem+json' in content,
      );
      expect([name, problems.map(([status]) => Number(status))]).toEqual([name, expect.arrayContaining(refused)]);
      expect([name, operation.security]).toEqual([name, isOpen ? [] : undefined]);
      for (const [, { content }] of problems)
        expect(Object.keys(content['application/problem+json']!.examples)).not.toHaveLength(0);
    }
  });

  it('every member of every answer has an example, or so few values that none is needed', async () => {
    const { components } = (await api.get('/docs/json')).body;
    const bare = Object.entries(components.schemas as Schemas).flatMap(([schema, { properties }]) =>
      Object.entries(properties)
        .filter(([, each]) => !('example' in each || 'enum' in each || isOfSchemas(each)))
        .map(([name]) => `${schema}.${name}`),
    );
    expect(bare).toEqual([]);
  });

  it('every number is a whole one: amounts and prices are text', async () => {
    const { components } = (await api.get('/docs/json')).body;
    const broken = Object.entries(components.schemas as Schemas).flatMap(([schema, { properties }]) =>
      Object.entries(properties)
        .filter(([, { type }]) => [type].flat().includes('number'))
        .map(([name]) => `${schema}.${name}`),
    );
    expect(broken).toEqual([]);
  });
});

/** Whether a member's examples are those of another schema, or of a list's items. */
function isOfSchemas({ $ref, allOf, anyOf, oneOf, items }: Record<string, unknown>): boolean {
  return [$ref, allOf, anyOf, oneOf, items].some((each) => each !== undefined);
}
