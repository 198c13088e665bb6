import { redactLine } from './redact.js';

describe('redactLine', () => {
  it('hides the password of a URL and keeps the rest', () => {
    expect(redactLine('connect to postgresql://me:s3cret@db:5432/x failed')).toBe(
      'connect to postgresql://me:***@db:5432/x failed',
    );
    expect(redactLine('redis://:s3cret@cache:6379')).toBe('redis://:***@cache:6379');
  });

  it('hides tickets and bearer credentials', () => {
    expect(redactLine('GET /ws?since=4&ticket=abc123 failed')).toBe('GET /ws?since=4&ticket=*** failed');
    expect(redactLine('{"h":"Bearer abcdefgh.ijkl"}')).toBe('{"h":"Bearer ***"}');
  });

  it('hides what makes an API key a secret and shows which it was', () => {
    expect(redactLine('GET /orders/oee_test_k3Jd9fQx_0123456789abcdefABCDEF_3hgJUJ 404')).toBe(
      'GET /orders/oee_test_k3Jd9fQx_*** 404',
    );
  });

  it('hides signed tokens', () => {
    expect(redactLine('no user in eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_ at all')).toBe('no user in *** at all');
  });

  it('leaves everything else as it is', () => {
    const line = '{"msg":"listening on http://127.0.0.1:3000","url":"/orders?userId=a:b@c"}\n';
    expect(redactLine(line)).toBe(line);
  });
});
