import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { sidesOf, type Step, Trap } from '../support/kill-steps/trap.js';
import { Way } from '../support/kill-steps/way.js';

const INSERT: Step = {
  name: 'insert',
  statement: ({ text, values }) => text.startsWith('insert') && values.includes('7'),
};
const PING: Step = { name: 'ping', call: ({ method }) => method === 'ping' };

/** Real: PostgreSQL, and clients of it and of a node that answers everything. */
describe('a trap', () => {
  let database: TestDatabase;
  let node: Server;
  let pings = 0;
  let way: Way;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    pings = 0;
    node = createServer((request, response) => {
      pings += 1;
      request.resume();
      response.end('{"jsonrpc":"2.0","id":1,"result":"pong"}');
    });
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
    const nodeUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
    way = await Way.to({ databaseUrl: database.url, nodeUrl });
    pool = new pg.Pool({ connectionString: way.databaseUrl });
    pool.on('error', () => undefined);
    await pool.query('create table kept (value int)');
  });

  afterEach(async () => {
    await way.close();
    node.close();
    await pool.end();
    await database.drop();
  });

  const ping = () =>
    fetch(way.nodeUrl, { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}' });

  async function stored(): Promise<number[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ value: number }>('select value from kept');
    await client.end();
    return rows.map(({ value }) => value);
  }

  it.each([
    ['a statement that was prepared before', 'kept-insert'],
    ['a statement without a name', undefined],
  ])('stops before and after %s, and lets all else pass', async (_, name) => {
    const insert = (value: number) => pool.query({ name, text: 'insert into kept values ($1)', values: [value] });
    await Promise.all([insert(1), insert(1), insert(1)]);
    const [before, after] = sidesOf(INSERT);
    for (const [place, expected] of [
      [before, [1, 1, 1]],
      [after, [1, 1, 1, 7]],
    ] as const) {
      const trap = new Trap<Way>([place]);
      way.set(trap);
      const heard = jest.fn();
      insert(7).then(heard, heard);
      expect(await trap.sprung()).toEqual({ victim: way, places: [place] });
      expect(await stored()).toEqual(expected);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect(heard).not.toHaveBeenCalled();
    }
  });

  it('stops before and after a call of the node, and lets all else pass', async () => {
    for (const place of sidesOf(PING)) {
      const trap = new Trap<Way>([place]);
      way.set(trap);
      const heard = jest.fn();
      ping().then(heard, heard);
      await trap.sprung();
      expect(pings).toBe(place.side === 'before' ? 0 : 1);
      expect(heard).not.toHaveBeenCalled();
    }
    expect(await (await ping()).json()).toMatchObject({ result: 'pong' });
  });

  it('has one victim, and others pass', async () => {
    const trap = new Trap<object>(sidesOf(PING));
    const [first, second] = [{}, {}];
    const fits = (step: Step) => step === PING;
    const held = trap.take(first, fits)!;
    trap.arrived(held);
    expect(trap.take(second, fits)).toBeNull();
    expect(await trap.sprung()).toEqual({ victim: first, places: [held] });
    expect(trap.take(first, fits)).toBeNull();
  });
});
