import { Redis, type RedisOptions } from 'ioredis';
import type { Availability } from '../health/availability.js';

const MAX_RECONNECT_DELAY_MS = 1_000;

export function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 50, MAX_RECONNECT_DELAY_MS);
}

/** A client that answers or fails within a second and never queues commands while Redis is away; it reconnects by itself. */
export function connectRedis(url: string, availability: Availability, overrides: RedisOptions = {}): Redis {
  const client = new Redis(url, {
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    ...overrides,
  });
  client.on('ready', () => availability.up());
  client.on('error', (error) => availability.down(error));
  // A server that goes away in good order gives no error.
  client.on('close', () => availability.down(new Error('connection closed')));
  return client;
}

/** Says goodbye when the server listens, else just hangs up. */
export async function disconnectRedis(client: Redis): Promise<void> {
  client.removeAllListeners('close');
  try {
    if (client.status === 'ready') await client.quit();
  } catch {
    // It went away in between.
  } finally {
    client.disconnect();
  }
}
