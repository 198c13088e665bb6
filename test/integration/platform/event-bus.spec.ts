import { Availability } from '../../../src/platform/health/availability.js';
import { type EventBus, MAX_PAYLOAD_BYTES } from '../../../src/platform/events/event-bus.js';
import { PostgresEventBus } from '../../../src/platform/events/postgres.event-bus.js';
import { RedisEventBus } from '../../../src/platform/events/redis.event-bus.js';
import { createTestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { describeRedis, redisPrefix, redisUrl } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const TOPIC = 'order_events';

type ClosableBus = EventBus & { close(): Promise<void> };

interface Place {
  readonly proxy: TcpProxy;
  /** Connects as a process of its own would. */
  readonly connect: (availability: Availability) => Promise<ClosableBus>;
  readonly remove: () => Promise<void>;
}

/** Real: the bus and its store, behind a TCP proxy. */
function behavesLikeABus(openPlace: () => Promise<Place>): void {
  let place: Place;
  let buses: ClosableBus[];
  let log: string[];

  beforeEach(async () => {
    place = await openPlace();
    buses = [];
    log = [];
  });

  afterEach(async () => {
    place.proxy.resume();
    for (const bus of buses) await bus.close();
    await place.remove();
  });

  async function connect(): Promise<ClosableBus> {
    const logger = { warn: (message: string) => log.push(message), log: (message: string) => log.push(message) };
    const bus = await place.connect(new Availability('the bus', logger));
    buses.push(bus);
    return bus;
  }

  /** Subscribes and notes what comes. */
  async function listen(bus: EventBus, topic = TOPIC) {
    const heard = { messages: [] as string[], reconnections: 0, unsubscribe: async () => Promise.resolve() };
    heard.unsubscribe = await bus.subscribe(topic, {
      onMessage: (payload) => heard.messages.push(payload),
      onReconnected: () => heard.reconnections++,
    });
    return heard;
  }

  it('carries a message to every subscriber, the publisher’s own included', async () => {
    const [one, two] = [await connect(), await connect()];
    const heard = [await listen(one), await listen(one), await listen(two)];

    await one.publish(TOPIC, 'hello – ünïcode');

    await eventually(() =>
      expect(heard.map(({ messages }) => messages)).toEqual([
        ['hello – ünïcode'],
        ['hello – ünïcode'],
        ['hello – ünïcode'],
      ]),
    );
  });

  it('keeps topics apart', async () => {
    const bus = await connect();
    const [orders, halts] = [await listen(bus), await listen(bus, 'halts')];

    await bus.publish('halts', 'stop');

    await eventually(() => expect(halts.messages).toEqual(['stop']));
    expect(orders.messages).toEqual([]);
  });

  it('keeps the order of one publisher and loses nothing in a burst', async () => {
    const [publisher, subscriber] = [await connect(), await connect()];
    const heard = await listen(subscriber);
    const sent = Array.from({ length: 2_000 }, (_, index) => `message ${index}`);

    await Promise.all(sent.map((message) => publisher.publish(TOPIC, message)));

    await eventually(() => expect(heard.messages).toHaveLength(sent.length));
    expect(heard.messages).toEqual(sent);
  });

  it('carries the longest payload it allows and refuses a longer one', async () => {
    const bus = await connect();
    const heard = await listen(bus);
    const longest = 'x'.repeat(MAX_PAYLOAD_BYTES);

    await bus.publish(TOPIC, longest);

    await eventually(() => expect(heard.messages).toEqual([longest]));
    await expect(async () => bus.publish(TOPIC, `${longest}x`)).rejects.toThrow(RangeError);
    await expect(async () => bus.publish('No Topic; drop', 'x')).rejects.toThrow(RangeError);
  });

  it('is silent after the last subscriber has left, and delivers to the others until then', async () => {
    const bus = await connect();
    const [first, second] = [await listen(bus), await listen(bus)];

    await first.unsubscribe();
    await bus.publish(TOPIC, 'one');
    await eventually(() => expect(second.messages).toEqual(['one']));
    await second.unsubscribe();
    const third = await listen(bus);
    await bus.publish(TOPIC, 'two');

    await eventually(() => expect(third.messages).toEqual(['two']));
    expect([first.messages, second.messages]).toEqual([[], ['one']]);
  });

  it('tells subscribers after a cut that they may have missed something, and goes on', async () => {
    const [publisher, subscriber] = [await connect(), await connect()];
    const heard = await listen(subscriber);
    await publisher.publish(TOPIC, 'before');
    await eventually(() => expect(heard.messages).toEqual(['before']));
    const before = heard.reconnections;

    place.proxy.cut();

    await eventually(() => expect(heard.reconnections).toBe(before + 1));
    await eventually(async () => {
      await publisher.publish(TOPIC, 'after');
      expect(heard.messages).toContain('after');
    });
  });

  it('loses messages without an error while the store is away, is unhealthy then, and says so once', async () => {
    const bus = await connect();
    const heard = await listen(bus);
    place.proxy.refuse();

    await eventually(() => expect(bus.health.up).toBe(false));
    for (let attempt = 0; attempt < 5; attempt++) await bus.publish(TOPIC, 'lost');
    place.proxy.resume();

    await eventually(() => expect(bus.health).toEqual({ up: true }));
    await eventually(async () => {
      await bus.publish(TOPIC, 'heard');
      expect(heard.messages).toContain('heard');
    });
    expect(heard.messages).not.toContain('lost');
    expect(log).toEqual([expect.stringContaining('not available'), expect.stringContaining('available again')]);
  });

  it('starts while the store is away and serves its subscribers once it is there', async () => {
    place.proxy.refuse();
    const bus = await connect();
    const heard = await listen(bus);
    expect(bus.health.up).toBe(false);

    place.proxy.resume();

    await eventually(() => expect(heard.reconnections).toBe(1));
    await bus.publish(TOPIC, 'hello');
    await eventually(() => expect(heard.messages).toEqual(['hello']));
  });

  it('notices a connection that has gone silent', async () => {
    const bus = await connect();
    const heard = await listen(bus);
    const before = heard.reconnections;

    place.proxy.freeze();
    await eventually(() => expect(bus.health.up).toBe(false), { timeoutMs: 15_000 });

    place.proxy.resume();
    await eventually(() => expect(heard.reconnections).toBeGreaterThan(before));
  });
}

describe('the event bus on PostgreSQL', () => {
  behavesLikeABus(async () => {
    const database = await createTestDatabase();
    const { proxy, url } = await TcpProxy.before(database.url);
    return {
      proxy,
      connect: (availability) => PostgresEventBus.connect(url, availability),
      remove: async () => {
        await proxy.stop();
        await database.drop();
      },
    };
  });
});

describeRedis('the event bus on Redis', () => {
  behavesLikeABus(async () => {
    const { proxy, url } = await TcpProxy.before(redisUrl());
    const keyPrefix = redisPrefix();
    return {
      proxy,
      connect: (availability) => RedisEventBus.connect({ url, keyPrefix }, availability),
      remove: () => proxy.stop(),
    };
  });
});
