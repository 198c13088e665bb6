import { KnownRoutes } from './known-routes.js';

type OnRoute = (route: { url: string; method: string | string[] }) => void;

function known(...routes: { url: string; method: string | string[] }[]): KnownRoutes {
  let onRoute: OnRoute = () => undefined;
  const fastify = { addHook: (_name: string, hook: OnRoute) => void (onRoute = hook) };
  const made = new KnownRoutes(fastify as never);
  routes.forEach((route) => onRoute(route));
  return made;
}

describe('KnownRoutes', () => {
  const routes = known(
    { url: '/orders', method: 'GET' },
    { url: '/orders/execute', method: 'POST' },
    { url: '/orders/:orderId', method: ['GET', 'HEAD'] },
    { url: '/orders/:orderId', method: 'DELETE' },
    { url: '/docs/*', method: 'GET' },
  );

  it.each([
    ['/orders', ['GET']],
    ['/orders/execute', ['POST']],
    ['/orders/7', ['DELETE', 'GET', 'HEAD']],
    ['/docs/some/file.css', ['GET']],
    ['/orders/7/8', []],
    ['/order', []],
  ])('knows the methods of %s', (path, methods) => {
    expect(routes.allowedOn(path)).toEqual(methods);
  });

  it('tells a literal path that a parameter would swallow', () => {
    expect(routes.isLiteralOfOther('/orders/execute', 'GET')).toBe(true);
    expect(routes.isLiteralOfOther('/orders/execute', 'POST')).toBe(false);
    expect(routes.isLiteralOfOther('/orders/7', 'POST')).toBe(false);
  });
});
