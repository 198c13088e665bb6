import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { configFolder, namesOf } from '../../../test/support/config-faults.js';
import { JWT_ALGORITHMS } from '../auth/jwt/jwt-settings.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';

describe('the configuration of callers', () => {
  const { file } = configFolder();

  describe('without authentication', () => {
    const exposed: Environment[] = [
      { HOST: '0.0.0.0' },
      { HOST: '::' },
      { HOST: '10.0.0.1' },
      { NODE_ENV: 'production' },
    ];

    it.each(exposed)('refuses to serve %o', (env) => {
      expect(namesOf(env)).toEqual(['AUTH_MODE']);
    });

    it.each(exposed)('serves %o when that is allowed, since nothing real can be traded', (env) => {
      expect(loadConfig({ ...env, ALLOW_UNAUTHENTICATED: 'true' }).auth.mode).toBe('none');
    });

    it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('serves the loopback address %s', (host) => {
      expect(loadConfig({ HOST: host }).auth.allowedHosts).toEqual([host, 'localhost']);
    });

    it('does not take a name that starts like a loopback address for one', () => {
      expect(namesOf({ HOST: '127.evil.example' })).toEqual(['AUTH_MODE']);
    });

    it('serves the hosts and origins that are listed, hosts in any case', () => {
      const { auth } = loadConfig({
        ALLOWED_HOSTS: 'Engine.Example, localhost,',
        ALLOWED_ORIGINS: 'https://a.example',
      });
      expect(auth.allowedHosts).toEqual(['engine.example', 'localhost']);
      expect(auth.allowedOrigins).toEqual(['https://a.example']);
    });
  });

  describe('with API keys', () => {
    const withKeys: Environment = { AUTH_MODE: 'api-key', API_KEY_PEPPER: 'p'.repeat(16) };

    it('serves the network, in production too', () => {
      const { auth, stream } = loadConfig({ ...withKeys, HOST: '0.0.0.0', NODE_ENV: 'production' });
      expect(auth).toMatchObject({ mode: 'api-key', apiKeyPepper: 'p'.repeat(16), keyEnvironment: 'test' });
      expect(stream).toEqual({ maxPerUser: 2_500, maxPerAddress: 2_500 });
    });

    it('needs a pepper of at least 16 characters where requests are served', () => {
      expect(namesOf({ AUTH_MODE: 'api-key' })).toEqual(['API_KEY_PEPPER']);
      expect(namesOf({ ...withKeys, API_KEY_PEPPER: 'p'.repeat(15) })).toEqual(['API_KEY_PEPPER']);
      const worker = { AUTH_MODE: 'api-key', ROLES: 'worker', DATABASE_URL: 'postgres://db/x' };
      expect(loadConfig(worker).auth.apiKeyPepper).toBeUndefined();
    });

    it('takes the pepper from a file', () => {
      const env = { AUTH_MODE: 'api-key', API_KEY_PEPPER_FILE: file('pepper', `${'p'.repeat(32)}\n`) };
      expect(loadConfig(env).auth.apiKeyPepper).toBe('p'.repeat(32));
    });
  });

  describe('with tokens', () => {
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const said: Environment = { AUTH_MODE: 'jwt', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'engine' };

    it('checks them by the keys of an endpoint, or by one key', () => {
      const jwksUrl = 'https://id.example/jwks';
      expect(loadConfig({ ...said, JWT_JWKS_URL: jwksUrl }).auth).toMatchObject({
        mode: 'jwt',
        jwt: {
          keys: { kind: 'jwks', url: jwksUrl },
          algorithms: ['RS256'],
          issuer: 'https://id.example',
          audience: 'engine',
          scopeClaim: 'scope',
        },
      });
      const one = loadConfig({ ...said, JWT_PUBLIC_KEY_FILE: file('jwt.pem', pem), JWT_ALGORITHMS: 'EdDSA,ES256' });
      expect(one.auth.jwt).toMatchObject({ keys: { kind: 'pem' }, algorithms: ['EdDSA', 'ES256'] });
    });

    it('needs all that a check takes, where requests are served', () => {
      const needed = ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'];
      expect(namesOf({ AUTH_MODE: 'jwt' })).toEqual(needed);
      const worker = { AUTH_MODE: 'jwt', ROLES: 'worker', DATABASE_URL: 'postgres://db/x' };
      expect(loadConfig(worker).auth.jwt).toBeUndefined();
      const both = { JWT_JWKS_URL: 'https://id.example', JWT_PUBLIC_KEY: pem, JWT_ALGORITHMS: 'EdDSA' };
      expect(namesOf({ ...said, ...both })).toEqual(['JWT_PUBLIC_KEY']);
      expect(namesOf({ ...said, JWT_PUBLIC_KEY: 'no key' })).toEqual(['JWT_PUBLIC_KEY']);
      const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      expect(namesOf({ ...said, JWT_PUBLIC_KEY: secret })).toEqual(['JWT_PUBLIC_KEY']);
    });

    const publicPem = ({ publicKey }: { publicKey: KeyObject }) =>
      publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const rsa = (modulusLength: number) => publicPem(generateKeyPairSync('rsa', { modulusLength }));
    const ec = (namedCurve: string) => publicPem(generateKeyPairSync('ec', { namedCurve }));
    const loading = (key: string, algorithms: string) => {
      const env = { ...said, JWT_PUBLIC_KEY: key, JWT_ALGORITHMS: algorithms };
      return () => loadConfig(env).auth.mode;
    };

    it.each<[string, string, readonly string[]]>([
      ['RSA', rsa(2048), ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
      ['P-256', ec('P-256'), ['ES256']],
      ['P-384', ec('P-384'), ['ES384']],
      ['P-521', ec('P-521'), ['ES512']],
      ['secp256k1', ec('secp256k1'), []],
      ['Ed25519', pem, ['EdDSA']],
      ['Ed448', publicPem(generateKeyPairSync('ed448')), []],
    ])('takes a key of the kind %s with one of its algorithms only', (_kind, key, fitting) => {
      for (const algorithm of JWT_ALGORITHMS) {
        if (fitting.includes(algorithm)) expect(loading(key, algorithm)()).toBe('jwt');
        else expect(loading(key, algorithm)).toThrow('JWT_PUBLIC_KEY: fits none of JWT_ALGORITHMS');
      }
      if (fitting.length > 0) expect(loading(key, JWT_ALGORITHMS.join())()).toBe('jwt');
    });

    it('refuses an RSA key of fewer than 2048 bits', () => {
      expect(loading(rsa(2040), 'RS256')).toThrow('JWT_PUBLIC_KEY: must have at least 2048 bits');
      expect(loading(rsa(2048), 'PS512')()).toBe('jwt');
    });

    it.each(['none', 'HS256', 'RS256,HS512', ','])('refuses the algorithms %p', (algorithms) => {
      expect(namesOf({ ...said, JWT_JWKS_URL: 'https://id.example', JWT_ALGORITHMS: algorithms })).toEqual([
        'JWT_ALGORITHMS',
      ]);
    });

    it('takes keys over an open connection from this machine only', () => {
      expect(namesOf({ ...said, JWT_JWKS_URL: 'http://id.example/jwks' })).toEqual(['JWT_JWKS_URL']);
      for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080'])
        expect(loadConfig({ ...said, JWT_JWKS_URL: `http://${host}/jwks` }).auth.mode).toBe('jwt');
    });
  });

  it('bounds what callers may ask for where they say who they are, unless told otherwise', () => {
    const withKeys: Environment = { AUTH_MODE: 'api-key', API_KEY_PEPPER: 'p'.repeat(16) };
    expect(loadConfig(withKeys).limits).toEqual({
      ordersPerKey: 600,
      ordersPerAddress: 3_000,
      readsPerKey: 6_000,
      readsPerAddress: 30_000,
      failedAuthPerAddress: 300,
      replicas: 1,
    });
    expect(loadConfig({ ...withKeys, RATE_ORDERS_PER_KEY: '0' }).limits.ordersPerKey).toBe(0);
    expect(loadConfig({ RATE_READS_PER_ADDRESS: '5', RATE_REPLICAS: '3' }).limits).toMatchObject({
      readsPerAddress: 5,
      replicas: 3,
    });
  });

  it('believes proxies at the addresses and networks that are listed, and nothing else', () => {
    const { auth } = loadConfig({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' });
    expect(auth.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(namesOf({ TRUSTED_PROXIES: 'proxy.example' })).toEqual(['TRUSTED_PROXIES']);
    expect(namesOf({ TRUSTED_PROXIES: '10.0.0.0/33' })).toEqual(['TRUSTED_PROXIES']);
  });
});
