import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly matches: RegExp;
  readonly methods: Set<string>;
}

/** The methods that each registered path serves, for answering wrong ones. */
export class KnownRoutes {
  private readonly routes = new Map<string, KnownRoute>();

  /** Follows the registrations of `fastify` from now on. */
  constructor(fastify: Pick<FastifyInstance, 'addHook'>) {
    fastify.addHook('onRoute', ({ url, method }) => this.add(url, [method].flat()));
  }

  /**
   * The methods allowed on a path, sorted; empty when no route knows it. A path that is registered word for word
   * (`/orders/execute`) is not also one with a parameter (`/orders/:orderId`).
   */
  allowedOn(path: string): readonly string[] {
    const literal = this.routes.get(path);
    const found =
      literal === undefined ? [...this.routes.values()].filter(({ matches }) => matches.test(path)) : [literal];
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }

  /** Whether the path is registered word for word, but not for this method. */
  isLiteralOfOther(path: string, method: string): boolean {
    const literal = this.routes.get(path);
    return literal !== undefined && !literal.methods.has(method);
  }

  private add(url: string, methods: readonly string[]): void {
    const route = this.routes.get(url) ?? { matches: patternOf(url), methods: new Set<string>() };
    methods.forEach((method) => route.methods.add(method));
    this.routes.set(url, route);
  }
}

/** A route's path as the router reads it: `:name` is one segment, `*` at the end is any rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[A-Za-z0-9_]+/g, '[^/]+').replace(/\*$/, '.*')}$`);
}
