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

  it('leaves everything else as it is', () => {
    const line = '{"msg":"listening on http://127.0.0.1:3000","url":"/orders?userId=a:b@c"}\n';
    expect(redactLine(line)).toBe(line);
  });
});
