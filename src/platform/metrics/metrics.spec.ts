import { Metrics } from './metrics.js';

/** Real: the registry. */
describe('Metrics', () => {
  it('counts transitions by status and stage', async () => {
    const metrics = new Metrics();
    metrics.orderTransitioned('routing', 'quoting');
    metrics.orderTransitioned('routing', 'quoting');
    expect(await metrics.text()).toContain('oee_order_transitions_total{status="routing",stage="quoting"} 2');
  });

  it('measures an ended order and each of its stages in seconds', async () => {
    const metrics = new Metrics();
    metrics.orderEnded('completed', 1_500, { queued: 5, quoting: 20 });
    const text = await metrics.text();
    expect(text).toContain('oee_order_duration_seconds_sum{status="completed"} 1.5');
    expect(text).toContain('oee_order_stage_duration_seconds_sum{stage="queued"} 0.005');
  });

  it('tells whether an endpoint for notifications is connected, and counts what it tells', async () => {
    const metrics = new Metrics();
    expect(await metrics.text()).not.toContain('oee_rpc_subscriptions_up{');
    metrics.hintsConnected('node:8900', true);
    metrics.hinted();
    expect(await metrics.text()).toContain('oee_rpc_subscriptions_up{endpoint="node:8900"} 1');
    metrics.hintsConnected('node:8900', false);
    const text = await metrics.text();
    expect(text).toContain('oee_rpc_subscriptions_up{endpoint="node:8900"} 0');
    expect(text).toContain('oee_rpc_signature_notifications_total 1');
  });

  it('asks for the queue depth at each scrape', async () => {
    const metrics = new Metrics();
    let depth = 3;
    metrics.readAtScrape('queueDepth', async () => Promise.resolve(depth));
    expect(await metrics.text()).toContain('oee_queue_depth 3');
    depth = 4;
    expect(await metrics.text()).toContain('oee_queue_depth 4');
  });

  it('leaves a figure out when its source fails or hangs, and serves the others', async () => {
    const metrics = new Metrics();
    metrics.readAtScrape('queueDepth', async () => new Promise(() => undefined));
    metrics.readAtScrape('ordersInProgress', async () => Promise.reject(new Error('down')));
    metrics.socketOpened();
    const text = await metrics.text();
    expect(text).not.toMatch(/^oee_queue_depth /m);
    expect(text).not.toMatch(/^oee_orders_in_progress /m);
    expect(text).toContain('oee_websocket_connections 1');
  });
});
