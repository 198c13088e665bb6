import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { StreamApp } from './stream-app.js';

/** Real: PostgreSQL, queue, bus and HTTP. There is no chain, and so no probe of one. */
describe('health, metrics and the document of the stream', () => {
  let database: TestDatabase;
  let app: StreamApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await StreamApp.start({ DATABASE_URL: database.url });
  });

  afterAll(async () => {
    await StreamApp.stopAll();
    await database.drop();
  });

  const get = async (path: string) => {
    const response = await fetch(app.origin + path);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  it('is healthy and alive', async () => {
    const health = await get('/health');
    expect(health.status).toBe(200);
    expect(JSON.parse(health.text)).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
    });
    expect(JSON.parse((await get('/health/live')).text)).toEqual({ status: 'ok', info: {}, error: {}, details: {} });
  });

  it('is ready with the database alone, and names what is missing', async () => {
    const ready = await get('/health/ready');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toMatchObject({
      status: 'degraded',
      details: {
        database: { status: 'up' },
        queue: { status: 'up' },
        events: { status: 'up' },
        chain: { status: 'degraded', message: 'has no probe' },
      },
    });
  });

  it('measures requests by route, never by URL', async () => {
    await get('/orders/0198c0de-0000-7000-8000-000000000000');
    await get('/nothing/here');
    const metrics = await get('/metrics');
    expect(metrics.type).toContain('text/plain');
    expect(metrics.text).toMatch(
      /oee_http_request_duration_seconds_count\{method="GET",route="\/orders\/:orderId",status="404"\} 1/,
    );
    expect(metrics.text).toContain('route="unmatched"');
    expect(metrics.text).not.toContain('nothing/here');
    expect(metrics.text).toMatch(/^oee_queue_depth 0$/m);
    expect(metrics.text).toMatch(/^oee_orders_in_progress 0$/m);
  });

  it('serves the AsyncAPI document', async () => {
    const document = await get('/docs/asyncapi.json');
    expect(document.status).toBe(200);
    expect(JSON.parse(document.text)).toMatchObject({ asyncapi: '3.0.0', channels: { orders: { address: '/ws' } } });
  });
});
