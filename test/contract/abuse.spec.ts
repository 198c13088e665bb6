import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Engine, startEngine } from '../support/engine.js';
import { bearer, type GivenKey, insertKey } from '../support/keys.js';
import { type Answer, ApiClient, BUY, expectProblem, SELL } from './api-client.js';

const FAILURES = 5;

/** Real: the built engine on PostgreSQL, which says all it can. It has no worker, so that nothing but requests writes. */
describe.each(['none', 'api-key'])('abuse over HTTP under AUTH_MODE=%s', (mode) => {
  const isKeyed = mode === 'api-key';
  const pepper = `pepper-${randomUUID()}`;
  let engine: Engine;
  let key: GivenKey | null;
  let api: ApiClient;

  beforeAll(async () => {
    const auth = { API_KEY_PEPPER: pepper, RATE_FAILED_AUTH_PER_ADDRESS: String(FAILURES) };
    const env = { ROLES: 'api', ALLOWED_ORIGINS: 'https://app.example', LOG_LEVEL: 'trace', AUTH_MODE: mode };
    engine = await startEngine({ env: { ...env, ...(isKeyed && auth) } });
    key = isKeyed ? await insertKey(engine.query, pepper, 'abuser') : null;
    api = new ApiClient(engine.url, key === null ? {} : bearer(key));
  }, 60_000);

  afterAll(async () => {
    await engine.stop();
  }, 60_000);

  let before: number;
  beforeEach(async () => {
    before = await countRows();
  });

  afterEach(async () => {
    expect(await countRows()).toBe(before);
  });

  const countRows = async () => {
    const rows = await engine.query<{ rows: number }>(
      `select ((select count(*) from orders) + (select count(*) from order_events) + (select count(*) from idempotency_keys)
        + (select count(*) from user_sequences))::int as rows`,
    );
    return rows[0]?.rows ?? Number.NaN;
  };

  const withKey = { 'idempotency-key': 'abuse' };
  const text = (member: string) => `{"baseToken":"SOL","quoteToken":"USDC","side":"buy","amount":"1",${member}}`;
  const amount = (literal: string) => `{"baseToken":"SOL","quoteToken":"USDC","side":"buy","amount":${literal}}`;

  describe('a body that is not what it should be', () => {
    it.each(['', ' ', '{', '{"a":}', "{'a':1}", '[]', '[{}]', 'null', '5', '"text"', 'true', '{}}', '\u0000'])(
      'is refused: %j',
      async (body) => {
        expectProblem(await api.place(body, withKey), 400, 'validation-failed');
      },
    );

    it.each([
      '"__proto__":{"side":"buy"}',
      '"constructor":{"prototype":{}}',
      '"\\u005f\\u005fproto__":1',
      '"venues":[{"__proto__":1}]',
    ])('is refused when it reaches for a prototype: %s', async (member) => {
      expectProblem(await api.place(text(member), withKey), 400, 'validation-failed');
    });

    it('is refused when it is not UTF-8', async () => {
      const body = Uint8Array.of(...Buffer.from('{"baseToken":"'), 0xff, ...Buffer.from('"}'));
      const headers = { 'content-type': 'application/json' };
      expectProblem(await api.call('POST', '/orders/execute', { headers, body }), 400, 'validation-failed', ['body']);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json-seq',
      '',
    ])('is refused as %p', async (type) => {
      expectProblem(await api.place(JSON.stringify(BUY), { 'content-type': type }), 415, 'unsupported-media-type');
    });

    it('is refused above 16 KiB, and at 16 KiB only for what it says', async () => {
      const padded = (size: number) =>
        JSON.stringify(BUY)
          .padEnd(size, ' ')
          .replace(/"side":"buy"/, '"side":"off"');
      expectProblem(await api.place(padded(16 * 1024 + 1)), 413, 'payload-too-large');
      expectProblem(await api.place(padded(16 * 1024)), 400, 'validation-failed', ['side']);
    });

    it('is refused above 16 KiB when its length is not announced, and the connection ends', async () => {
      const chunk = `${(8192).toString(16)}\r\n${'x'.repeat(8192)}\r\n`;
      const head =
        'POST /orders/execute HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
      const answer = await rawExchange(engine.url, head + chunk.repeat(4));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/connection: close/i);
    });

    it('is answered with 431 when its URL or its headers are larger than 16 KiB', async () => {
      const long = 'a'.repeat(16 * 1024);
      for (const head of [`GET /orders?cursor=${long} HTTP/1.1`, `GET /orders HTTP/1.1\r\nx-long: ${long}`]) {
        const answer = await rawExchange(engine.url, `${head}\r\nhost: localhost\r\n\r\n`);
        expectProblem(parseRaw(answer), 431, 'headers-too-large');
      }
    });

    it('is answered with 400 when it is no HTTP', async () => {
      expectProblem(parseRaw(await rawExchange(engine.url, 'HELLO\r\n\r\n')), 400, 'validation-failed');
    });
  });

  /** The connection's own time limits come before anybody is asked who they are. */
  if (!isKeyed)
    describe('a request that is slow', () => {
      it('is answered with 408 when its body does not arrive in time, and the connection ends', async () => {
        const head =
          'POST /orders/execute HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-request-id: slow-1\r\ncontent-length: 100\r\n\r\n{';
        const answer = await rawExchange(engine.url, head);
        expectProblem(parseRaw(answer), 408, 'request-timeout');
        expect(answer).toContain('slow-1');
      }, 20_000);

      it('is answered with 408 when even its headers do not arrive in time', async () => {
        expectProblem(
          parseRaw(await rawExchange(engine.url, 'POST /orders/execute HTTP/1.1\r\nhost: loc')),
          408,
          'request-timeout',
        );
      }, 20_000);
    });

  describe('a field that breaks its rule', () => {
    it.each([
      ['"unknown":1', 'unknown'],
      ['"toString":1', 'toString'],
      ['"hasOwnProperty":1', 'hasOwnProperty'],
      ['"amount2":"1"', 'amount2'],
      ['"side":["buy"]', 'side'],
      ['"side":"BUY"', 'side'],
      ['"side":"hold"', 'side'],
      ['"side":null', 'side'],
      ['"type":"limit"', 'type'],
      ['"type":null', 'type'],
      ['"slippageBps":"5"', 'slippageBps'],
      ['"slippageBps":5.5', 'slippageBps'],
      ['"slippageBps":-1', 'slippageBps'],
      ['"slippageBps":501', 'slippageBps'],
      ['"slippageBps":10001', 'slippageBps'],
      ['"slippageBps":1e2', 'slippageBps'],
      ['"slippageBps":null', 'slippageBps'],
      ['"slippageBps":true', 'slippageBps'],
      ['"baseToken":1', 'baseToken'],
      ['"baseToken":""', 'baseToken'],
      ['"baseToken":["SOL"]', 'baseToken'],
      ['"baseToken":{"symbol":"SOL"}', 'baseToken'],
      [`"baseToken":"${'S'.repeat(257)}"`, 'baseToken'],
      ['"quoteToken":"sol"', 'quoteToken'],
      ['"quoteToken":"So11111111111111111111111111111111111111112"', 'quoteToken'],
      ['"clientOrderId":""', 'clientOrderId'],
      ['"clientOrderId":"a b"', 'clientOrderId'],
      ['"clientOrderId":7', 'clientOrderId'],
      ['"clientOrderId":null', 'clientOrderId'],
      [`"clientOrderId":"${'a'.repeat(65)}"`, 'clientOrderId'],
      ['"venues":[]', 'venues'],
      ['"venues":"raydium"', 'venues'],
      ['"venues":["orca"]', 'venues'],
      ['"venues":["raydium","raydium"]', 'venues'],
      ['"venues":[["raydium"]]', 'venues'],
      ['"venues":{"0":"raydium"}', 'venues'],
      ['"userId":""', 'userId'],
      ['"userId":"a b"', 'userId'],
      ['"userId":5', 'userId'],
      [`"userId":"${'a'.repeat(129)}"`, 'userId'],
      ['"maxQuoteAmount":100', 'maxQuoteAmount'],
      ['"maxQuoteAmount":"0"', 'maxQuoteAmount'],
      ['"maxQuoteAmount":"0.0000001"', 'maxQuoteAmount'],
      ['"minQuoteAmount":"1"', 'minQuoteAmount'],
    ])('is refused: %s', async (member, field) => {
      expectProblem(await api.place(text(member), withKey), 400, 'validation-failed', [field]);
    });

    it.each([
      ['501', 'must not be larger than 500'],
      ['10001', 'must not be larger than 500'],
      ['999999999999999', 'must not be larger than 500'],
      ['-1', 'must be a whole number of basis points from 0 up'],
      ['5.5', 'must be a whole number of basis points from 0 up'],
    ])('is refused by the rule that it breaks: a slippage of %s', async (slippageBps, message) => {
      const { body } = await api.place(text(`"slippageBps":${slippageBps}`), withKey);
      expect(body.errors).toEqual([{ field: 'slippageBps', message }]);
    });

    it('is refused on a sell that says what it pays at most', async () => {
      expectProblem(await api.place({ ...SELL, maxQuoteAmount: '1' }), 400, 'validation-failed', ['maxQuoteAmount']);
    });

    it.each(['baseToken', 'quoteToken', 'amount', 'side'])('is refused when %s is missing', async (field) => {
      expectProblem(await api.place({ ...BUY, [field]: undefined }), 400, 'validation-failed', [field]);
    });

    it('is reported together with all others', async () => {
      expectProblem(await api.place({ amount: 'x', side: 'y', z: 1 }), 400, 'validation-failed', [
        'baseToken',
        'quoteToken',
        'amount',
        'side',
        'z',
      ]);
    });

    it.each(['DOGE', 'x'.repeat(256), '11111111111111111111111111111111'])(
      'is refused when it names an unlisted token: %s',
      async (baseToken) => {
        expectProblem(await api.place({ ...BUY, baseToken }, withKey), 422, 'unsupported-token');
      },
    );
  });

  it.each([
    ...[
      '-1',
      '0',
      '0.0',
      '1e9',
      '1E9',
      '1e-9',
      '-0',
      '+1',
      '01',
      '0x1',
      'NaN',
      'Infinity',
      '.5',
      '1.',
      'true',
      'null',
      '[1]',
      '{}',
    ],
    ...[
      '1234567890123456',
      '0.1234567890123456',
      '1.0000000000000001',
      '9'.repeat(400),
      '0.0000000001',
      '18446744073.709551616',
    ],
    ...[
      '""',
      '" 1 "',
      '"1 "',
      '"-1"',
      '"0"',
      '"0.000"',
      '"1e9"',
      '"+1"',
      '"01"',
      '"0x1"',
      '"NaN"',
      '"Infinity"',
      '".5"',
      '"1."',
      '"1,5"',
      '"1_000"',
    ],
    ...[
      `"${'9'.repeat(400)}"`,
      `"0.${'0'.repeat(400)}1"`,
      '"١"',
      '"１"',
      '"½"',
      '"1\\u0000"',
      '"1\\n"',
      '"0.0000000001"',
    ],
    ...['"18446744073.709551616"', '"99999999999999999999"', '["1"]'],
  ])('an amount of %s is refused', async (literal) => {
    expectProblem(await api.place(amount(literal), withKey), 400, 'validation-failed');
  });

  /** With a key a request proves more than a name does, and any name is served. */
  if (!isKeyed)
    describe('a request to another name', () => {
      it.each([
        'evil.example',
        'localhost.evil.example',
        '127.0.0.1.nip.io',
        '10.0.0.1:3000',
        'localhost:1:2',
        'user@localhost',
        '',
      ])('is refused: %p', async (host) => {
        expectProblem(await api.raw('GET', '/orders', { host }), 403, 'forbidden');
        expectProblem(await api.raw('GET', '/health', { host }), 403, 'forbidden');
      });

      it('is refused when there is none', async () => {
        expectProblem(await api.raw('GET', '/orders', {}), 403, 'forbidden');
      });

      it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1'])('is served when the engine has it: %s', async (host) => {
        expect((await api.raw('GET', '/orders', { host })).status).toBe(200);
      });

      it('gains nothing by a forged forwarding header', async () => {
        const forged = {
          host: 'evil.example',
          'x-forwarded-host': 'localhost',
          'x-forwarded-for': '127.0.0.1',
          forwarded: 'host=localhost',
        };
        expectProblem(await api.raw('GET', '/orders', forged), 403, 'forbidden');
      });
    });

  describe('a request from elsewhere', () => {
    it.each(['https://evil.example', 'http://localhost:1', 'null', 'https://app.example.evil'])(
      'is refused from the page %s',
      async (origin) => {
        const answer = await api.raw('GET', '/orders', { host: new URL(engine.url).host, origin });
        expectProblem(answer, 403, 'forbidden');
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expectProblem(
          await api.raw('OPTIONS', '/orders', { host: 'localhost', origin, 'access-control-request-method': 'GET' }),
          403,
          'forbidden',
        );
      },
    );

    it('is served from an allowed page and from its own', async () => {
      const { host } = new URL(engine.url);
      for (const origin of ['https://app.example', engine.url]) {
        const answer = await api.raw('GET', '/orders', { host, origin });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
        expect(answer.headers.get('vary')).toContain('origin');
      }
    });

    it('gets a preflight answered for an allowed page', async () => {
      const answer = await api.raw('OPTIONS', '/orders/execute', {
        host: 'localhost',
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key',
      });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
      expect(answer.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    });
  });

  it.each([
    ['PUT', '/orders', 'GET, HEAD'],
    ['POST', '/orders', 'GET, HEAD'],
    ['GET', '/orders/execute', 'POST'],
    ['DELETE', '/orders/execute', 'POST'],
    ['PATCH', '/orders/0198c0de-0000-7000-8000-000000000000', 'DELETE, GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['OPTIONS', '/orders', 'GET, HEAD'],
  ])('%s %s is answered with the methods that are allowed', async (method, path, allow) => {
    const answer = await api.call(method, path);
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each(['/', '/nothing', '/orders/', '//orders', '/orders/a/b', '/Orders', '/docs/../etc/passwd', '/.env'])(
    '%s is not found',
    async (path) => {
      expectProblem(await api.raw('GET', path, { host: 'localhost' }), 404, 'not-found');
    },
  );

  it('a request that offers another protocol is answered in this one, body and all', async () => {
    const offer =
      'host: localhost\r\nconnection: close, Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n';
    expect(await rawExchange(engine.url, `GET /health HTTP/1.1\r\n${offer}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    const body = JSON.stringify({ ...BUY, side: 'hold' });
    const credential = key === null ? '' : `authorization: ${bearer(key).authorization}\r\n`;
    const head = `POST /orders/execute HTTP/1.1\r\n${offer}${credential}content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    expectProblem(parseRaw(await rawExchange(engine.url, `${head}\r\n${body}`)), 400, 'validation-failed', ['side']);
  });

  it.each(['/orders/%zz', '/orders/%ff', '/orders/%c0%80/events'])(
    'a path that can not be decoded names nothing: %s',
    async (path) => {
      expectProblem(await api.raw('GET', path, { host: 'localhost' }), 404, 'not-found');
    },
  );

  it('a body in another encoding is refused', async () => {
    const plain = { 'content-type': 'application/json', 'content-encoding': 'identity' };
    const body = JSON.stringify({ ...BUY, side: 'hold' });
    expectProblem(await api.call('POST', '/orders/execute', { headers: plain, body }), 400, 'validation-failed');
    const headers = { ...plain, 'content-encoding': 'gzip' };
    const answer = await api.call('POST', '/orders/execute', { headers, body: gzipSync(body) });
    expectProblem(answer, 415, 'unsupported-media-type');
  });

  it('a request that expects what we do not know is answered all the same', async () => {
    const head = 'GET /nowhere HTTP/1.1\r\nhost: localhost\r\nexpect: a-miracle\r\nconnection: close\r\n\r\n';
    expectProblem(parseRaw(await rawExchange(engine.url, head)), 404, 'not-found');
  });

  it.each(['api_key', 'apikey', 'API-Key', 'token', 'access_token', 'authorization', 'password', 'secret', 'key'])(
    'a credential in the URL is refused and not logged: %s',
    async (name) => {
      expectProblem(await api.get(`/orders?${name}=hush-hush`), 400, 'credential-in-url');
      expectProblem(await api.call('POST', `/orders/execute?${name}=hush-hush`), 400, 'credential-in-url');
      expect(engine.logs.join('\n')).not.toContain('hush-hush');
    },
  );

  it('answers can not be cached, framed or taken for something else', async () => {
    const { headers } = await api.get('/orders');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  if (isKeyed)
    it('a forged x-forwarded-for makes nobody another address: guessing goes on being counted', async () => {
      const statuses: number[] = [];
      for (let i = 0; i < 2 * FAILURES; i++) {
        const headers = { ...bearer(`guess-${i}-hush-hush`), 'x-forwarded-for': `198.51.100.${i}` };
        statuses.push((await api.get('/orders', headers)).status);
      }
      expect(statuses).toEqual([...Array<number>(FAILURES).fill(401), ...Array<number>(FAILURES).fill(429)]);
    });

  it('nothing of it was an error of the engine', () => {
    expect(engine.logs.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('no secret of it is in the log', () => {
    const log = engine.logs.join('\n');
    expect(log).toContain('/orders/execute');
    for (const secret of ['hush-hush', pepper, key?.key.slice(18, 61) ?? pepper]) expect(log).not.toContain(secret);
  });
});

/** Sends bytes and returns everything that comes back until the server closes. */
function rawExchange(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    // What is still being sent may meet a closed socket: the answer is what counts.
    socket.on('error', (error) => (answer === '' ? reject(error) : undefined));
    socket.on('close', () => resolve(answer));
    socket.write(bytes);
  });
}

function parseRaw(answer: string): Answer {
  const [head = '', text = ''] = answer.split('\r\n\r\n', 2);
  const [status = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? '']),
  );
  return { status: Number(status.split(' ')[1]), headers, text, body: JSON.parse(text) };
}
