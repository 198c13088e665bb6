import { isHostAllowed, isOriginAllowed } from './origin-policy.js';

const config = {
  auth: { mode: 'none', allowedHosts: ['127.0.0.1', 'localhost', '::1'], allowedOrigins: ['https://app.example'] },
} as const;

describe('isHostAllowed', () => {
  it.each(['127.0.0.1', '127.0.0.1:3000', 'localhost:1', 'LOCALHOST', '[::1]:3000'])('serves the host %s', (host) => {
    expect(isHostAllowed({ host }, config)).toBe(true);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'localhost@evil',
    '',
    'localhost:port',
    '10.0.0.1:3000',
  ])('refuses the host %p', (host) => {
    expect(isHostAllowed({ host }, config)).toBe(false);
  });

  it('serves every host where callers have to prove who they are', () => {
    const proven = { auth: { ...config.auth, mode: 'api-key' } } as const;
    expect(isHostAllowed({ host: 'engine.example' }, proven)).toBe(true);
  });

  it('refuses a request without a host', () => {
    expect(isHostAllowed({}, config)).toBe(false);
  });
});

describe('isOriginAllowed', () => {
  const host = '127.0.0.1:3000';

  it('serves callers that are no browsers', () => {
    expect(isOriginAllowed({ host }, config)).toBe(true);
  });

  it.each(['http://127.0.0.1:3000', 'https://app.example'])('serves pages of %s', (origin) => {
    expect(isOriginAllowed({ host, origin }, config)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:3001',
    'https://evil.example',
    'null',
    '',
    'https://app.example.evil',
    'http://app.example',
  ])('refuses pages of %p', (origin) => {
    expect(isOriginAllowed({ host, origin }, config)).toBe(false);
  });

  it('takes the default port of the scheme for granted', () => {
    expect(isOriginAllowed({ host: 'localhost:80', origin: 'http://localhost' }, config)).toBe(true);
  });
});
