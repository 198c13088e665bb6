import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An answer of the engine, as its client got it. */
export interface HeldAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Media {
  readonly schema: AnySchemaObject;
}

interface Header {
  readonly required?: boolean;
  readonly schema: AnySchemaObject;
}

interface Ref {
  readonly $ref: string;
}

interface Response {
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, Header | Ref>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly headers: Readonly<Record<string, Header>>;
    readonly schemas: Readonly<Record<string, AnySchemaObject>>;
  };
}

const ROOT = 'openapi';
/** An engine that hangs must not keep its test waiting for the document. */
const READ_TIMEOUT_MS = 10_000;
const PROBLEM: Response = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  headers: { 'x-request-id': { $ref: '#/components/headers/x-request-id' } },
};
/** What serves the documents themselves. */
const PAGES = /^\/docs($|\/(json|yaml)$|\/swagger-ui|\/static\/|\/index)/;

/** Holds answers of an engine against the OpenAPI document that it serves. */
export class OpenApi {
  private static readonly known = new Map<string, Promise<OpenApi>>();
  private readonly ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly routes: readonly { readonly matches: RegExp; readonly path: string }[];

  private constructor(private readonly document: Document) {
    this.ajv.addSchema({ $id: ROOT, ...closed(document) });
    // Paths without parameters come first: /orders/execute is not an order.
    this.routes = Object.keys(document.paths)
      .sort((a, b) => Number(a.includes('{')) - Number(b.includes('{')))
      .map((path) => ({ path, matches: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }));
  }

  get components(): Document['components'] {
    return this.document.components;
  }

  /** The document of the engine at `url`, read once. */
  static of(url: string): Promise<OpenApi> {
    const known = OpenApi.known.get(url);
    if (known !== undefined) return known;
    const reading = OpenApi.read(url);
    OpenApi.known.set(url, reading);
    // An engine that was away may be back at the next answer.
    reading.catch(() => OpenApi.known.delete(url));
    return reading;
  }

  /** Throws when the document does not foresee the answer: its status, its media type, a header, or a member of its body. */
  hold(method: string, target: string, answer: HeldAnswer): void {
    const path = target.split('?', 1)[0] ?? '';
    const isPreflight = method === 'OPTIONS' && answer.status === 204;
    if (PAGES.test(path) || isPreflight) return;
    const faults = this.faultsOf(this.responseTo(method, path, answer.status), answer);
    if (faults.length === 0) return;
    const lines = [`${method} ${path} answered with ${answer.status} what /docs/json does not foresee:`, ...faults];
    throw new Error([...lines, answer.text.slice(0, 2_000)].join('\n'));
  }

  /** Where no operation is, only problems are foreseen. */
  private responseTo(method: string, path: string, status: number): Response | undefined {
    const route = this.routes.find(({ matches }) => matches.test(path));
    const operation = route && this.document.paths[route.path]?.[method.toLowerCase()];
    return operation === undefined ? PROBLEM : operation.responses[status];
  }

  private faultsOf(response: Response | undefined, { status, headers, text }: HeldAnswer): readonly string[] {
    if (response === undefined) return [`the status ${status}`];
    const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
    const media = response.content?.[type];
    if (media === undefined) return [`the media type ${type}`];
    const body: unknown = type.endsWith('json') ? JSON.parse(text) : text;
    return [...this.faultsIn('body', media.schema, body), ...this.headerFaults(response, headers)];
  }

  private headerFaults({ headers: described = {} }: Response, headers: Headers): readonly string[] {
    return Object.entries(described).flatMap(([name, entry]) => {
      const header = '$ref' in entry ? this.document.components.headers[entry.$ref.split('/').at(-1)!]! : entry;
      const text = headers.get(name);
      if (text === null) return header.required === true ? [`the header ${name} is missing`] : [];
      return this.faultsIn(name, header.schema, header.schema.type === 'integer' ? Number(text) : text);
    });
  }

  private faultsIn(what: string, schema: AnySchemaObject, value: unknown): readonly string[] {
    const key = JSON.stringify(schema);
    const validate = this.validators.get(key) ?? this.ajv.compile(rooted(closed(schema)));
    this.validators.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${what}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }

  private static async read(url: string): Promise<OpenApi> {
    const response = await fetch(`${url}/docs/json`, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
    return new OpenApi((await response.json()) as Document);
  }
}

/**
 * The schemas with no room for members that they don't name. Clients are told to expect more members, so the document leaves that
 * room; what it does not name is undocumented all the same.
 */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map((each) => closed<unknown>(each)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed<unknown>(value)]));
  const isOpen = members.type === 'object' && 'properties' in members && !('additionalProperties' in members);
  return { ...members, ...(isOpen && { additionalProperties: false }) } as T;
}

function rooted(schema: AnySchemaObject): AnySchemaObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${ROOT}#/`)) as AnySchemaObject;
}
