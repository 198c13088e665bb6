import { request as httpRequest } from 'node:http';
import { OpenApi } from '../support/open-api.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As parsed: tests assert its shape. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly text: string;
}

/** Calls one engine as a client would, and holds every answer against the engine's OpenAPI document. */
export class ApiClient {
  /** `always`: headers of every request. */
  constructor(
    private readonly url: string,
    private readonly always: Readonly<Record<string, string>> = {},
  ) {}

  async call(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Uint8Array } = {},
  ): Promise<Answer> {
    const openApi = await OpenApi.of(this.url);
    const response = await fetch(this.url + path, { method, ...init, headers: { ...this.always, ...init.headers } });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: parsed(text) };
    openApi.hold(method, path, answer);
    return answer;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, { headers });
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('DELETE', path, { headers });
  }

  /** `body` as JSON, or as it is when it is a string. */
  place(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('POST', '/orders/execute', {
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** With headers that `fetch` does not let its callers set. */
  async raw(method: string, path: string, headers: Record<string, string>): Promise<Answer> {
    const openApi = await OpenApi.of(this.url);
    const answer = await new Promise<Answer>((resolve, reject) => {
      const sent = { ...this.always, ...headers };
      const request = httpRequest(this.url + path, { method, headers: sent, setHost: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const fields = Object.entries(response.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          resolve({ status: response.statusCode ?? 0, headers: new Headers(fields), text, body: parsed(text) });
        });
      });
      request.on('error', reject);
      request.end();
    });
    openApi.hold(method, path, answer);
    return answer;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const BUY = { baseToken: 'SOL', quoteToken: 'USDC', amount: '0.5', side: 'buy' } as const;
export const SELL = { ...BUY, side: 'sell' } as const;

/** Asserts that an answer is the problem `code`, complete and without anything that does not belong there. */
export function expectProblem(answer: Answer, status: number, code: string, fields: readonly string[] = []): void {
  expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `urn:problem:${code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: answer.headers.get('x-request-id'),
    code,
  });
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|\bat [A-Za-z.]+ \(|select |insert /);
  if (code === 'validation-failed') {
    expect(answer.body.errors).not.toHaveLength(0);
    for (const error of answer.body.errors)
      expect(error).toEqual({ field: expect.any(String), message: expect.any(String) });
  }
  const named = (answer.body.errors ?? []).map((error: { field: string }) => error.field);
  expect(named).toEqual(expect.arrayContaining([...fields]));
  if (status === 429 || status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}
