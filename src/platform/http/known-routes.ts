import type { FastifyInstance } from 'fastify';

/** The methods that each registered path serves, for answering wrong ones. */
export class KnownRoutes {
  private readonly methods = new Map<string, { readonly matches: RegExp; readonly allowed: Set<string> }>();

  /** Follows the registrations of `fastify` from now on. */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => this.add(url, [method].flat()));
  }

  /** The methods allowed on the path of a request target; empty when no route knows it. */
  allowedOn(target: string): readonly string[] {
    const path = target.split('?', 1)[0] ?? '';
    const found = [...this.methods.values()].filter(({ matches }) => matches.test(path));
    return [...new Set(found.flatMap(({ allowed }) => [...allowed]))].sort();
  }

  private add(url: string, methods: readonly string[]): void {
    const known = this.methods.get(url) ?? { matches: patternOf(url), allowed: new Set<string>() };
    methods.forEach((method) => known.allowed.add(method));
    this.methods.set(url, known);
  }
}

/** A route's path as the router reads it: `:name` is one segment, `*` at the end is any rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[A-Za-z0-9_]+/g, '[^/]+').replace(/\*$/, '.*')}$`);
}
