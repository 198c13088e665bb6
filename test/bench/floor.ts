/**
 * The floor of durable intake: bare Fastify, one prepared INSERT, one BullMQ add, on the same stores as the engine. What no engine of
 * this stack can beat by much, measured in turns with it.
 */
import { randomUUID } from 'node:crypto';
import { createPostgresBackend, createRedisBackend, Queue, runMigrations, setDefaultBackendFactory } from 'bullmq';
import { fastify } from 'fastify';
import { Redis } from 'ioredis';
import pg from 'pg';

const databaseUrl = process.env.FLOOR_DATABASE_URL ?? '';
const redisUrl = process.env.FLOOR_REDIS_URL ?? '';
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });

async function openQueue(): Promise<Queue> {
  if (redisUrl !== '') {
    setDefaultBackendFactory(createRedisBackend);
    return new Queue('floor', {
      connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
      prefix: `floor-${randomUUID()}`,
    });
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await runMigrations(client);
  await client.end();
  setDefaultBackendFactory(createPostgresBackend as never);
  const queuePool = new pg.Pool({ connectionString: databaseUrl, max: 10, options: '-c search_path=bullmq' });
  return new Queue('floor', { connection: queuePool });
}

async function main(): Promise<void> {
  await pool.query(
    'create table if not exists floor_orders (id uuid primary key, user_id text not null, body jsonb not null)',
  );
  const queue = await openQueue();
  const app = fastify();
  app.post('/orders/execute', async (request, reply) => {
    const id = randomUUID();
    await pool.query({
      name: 'floor-insert',
      text: 'insert into floor_orders (id, user_id, body) values ($1, $2, $3)',
      values: [id, (request.body as { userId: string }).userId, request.body],
    });
    await queue.add('order', { orderId: id }, { jobId: `order-${id}`, removeOnComplete: true, removeOnFail: true });
    return reply.code(201).send({ orderId: id, status: 'pending' });
  });
  console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
  process.once('SIGTERM', () => process.exit(0));
}

await main();
