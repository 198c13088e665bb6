import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import type { JwtSettings } from './jwt-settings.js';
import { tokenReader } from './token-reader.js';

const SAID = { algorithms: ['ES256'], issuer: 'https://id.example', audience: 'engine', scopeClaim: 'scope' } as const;
const GOOD = { iss: SAID.issuer, aud: SAID.audience, sub: 'alice', scope: 'orders:read openid' };

const elliptic = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

function signed(key: KeyObject, claims: JWTPayload, { alg = 'ES256', kid = 'first' } = {}): Promise<string> {
  return new SignJWT({ exp: inSeconds(60), ...claims }).setProtectedHeader({ alg, kid }).sign(key);
}

/** Real: signatures, and an endpoint for keys. */
describe('the reader of tokens', () => {
  const { publicKey, privateKey } = elliptic();
  const availability = { up: () => undefined, down: () => undefined };
  const reader = (settings: Partial<JwtSettings> = {}) =>
    tokenReader({ ...SAID, keys: { kind: 'pem', pem: pemOf(publicKey) }, ...settings }, availability);
  const unauthorized = { code: 'unauthorized' };

  it('says who a token speaks for, with which of our scopes, and until when', async () => {
    const exp = inSeconds(60);
    expect(await reader()(await signed(privateKey, { ...GOOD, exp }))).toEqual({
      userId: 'alice',
      scopes: ['orders:read'],
      credential: { kind: 'jwt', id: 'alice', expiresAt: new Date(exp * 1000) },
    });
  });

  it('reads scopes from the configured claim, be it a list or words', async () => {
    const token = await signed(privateKey, { ...GOOD, permissions: ['orders:write', 7, 'admin', 'other'] });
    expect((await reader({ scopeClaim: 'permissions' })(token)).scopes).toEqual(['orders:write', 'admin']);
    expect((await reader({ scopeClaim: 'nothing' })(token)).scopes).toEqual([]);
  });

  it.each<[string, JWTPayload]>([
    ['has expired', { exp: inSeconds(-1) }],
    ['never expires', { exp: undefined }],
    ['is not good yet', { nbf: inSeconds(60) }],
    ['is of another issuer', { iss: 'https://evil.example' }],
    ['names no issuer', { iss: undefined }],
    ['is for somebody else', { aud: 'another' }],
    ['is for nobody', { aud: undefined }],
    ['names no user', { sub: undefined }],
    ['names a user that can not be', { sub: 'a b' }],
  ])('refuses a token that %s', async (_what, claims) => {
    await expect(reader()(await signed(privateKey, { ...GOOD, ...claims }))).rejects.toMatchObject(unauthorized);
  });

  it('refuses a token that another key signed, that was changed, or that is none', async () => {
    const token = await signed(privateKey, GOOD);
    const [head, , signature] = token.split('.');
    const changed = Buffer.from(JSON.stringify({ ...GOOD, sub: 'bob', exp: inSeconds(60) })).toString('base64url');
    const foreign = await signed(elliptic().privateKey, GOOD);
    for (const bad of [foreign, `${head}.${changed}.${signature}`, token.slice(0, -2), 'x', 'a.b.c', ''])
      await expect(reader()(bad)).rejects.toMatchObject(unauthorized);
  });

  it('refuses what is signed in any way but the configured one: not at all, with the public key as a secret, with another algorithm', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = part({ ...GOOD, exp: inSeconds(60) });
    const confused = `${part({ alg: 'HS256' })}.${payload}`;
    const mac = createHmac('sha256', pemOf(publicKey)).update(confused).digest('base64url');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = await signed(rsa.privateKey, GOOD, { alg: 'RS256' });
    for (const bad of [`${part({ alg: 'none' })}.${payload}.`, `${confused}.${mac}`, other])
      await expect(reader()(bad)).rejects.toMatchObject(unauthorized);
  });

  it('refuses what is signed with an algorithm that is allowed and not one of its key', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ed = generateKeyPairSync('ed25519');
    const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
    const larger = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const keys = { RS256: rsa, PS256: rsa, ES256: { publicKey, privateKey }, ES384: larger, EdDSA: ed };
    for (const own of algorithms) {
      const read = reader({ algorithms, keys: { kind: 'pem', pem: pemOf(keys[own].publicKey) } });
      for (const alg of algorithms) {
        const answer = read(await signed(keys[alg].privateKey, GOOD, { alg }));
        if (keys[alg] === keys[own]) await expect(answer).resolves.toMatchObject({ userId: 'alice' });
        else await expect(answer).rejects.toMatchObject(unauthorized);
      }
    }
  });

  it('blames the token, too, for a key that is too small to check any', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = pemOf(small.publicKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${part({ alg: 'RS256' })}.${part({ ...GOOD, exp: inSeconds(60) })}`;
    const signature = sign('sha256', Buffer.from(content), small.privateKey).toString('base64url');
    const read = reader({ algorithms: ['RS256'], keys: { kind: 'pem', pem } });
    await expect(read(`${content}.${signature}`)).rejects.toMatchObject(unauthorized);
  });

  describe('with the keys of an endpoint', () => {
    const second = elliptic();
    let server: Server;
    let url: string;
    let answer: () => { status: number; body: string };

    beforeAll(async () => {
      const keys = await Promise.all([publicKey, second.publicKey].map(exportJWK));
      const body = JSON.stringify({ keys: keys.map((key, i) => ({ ...key, kid: ['first', 'second'][i] })) });
      answer = () => ({ status: 200, body });
      server = createServer((_request, response) => {
        response.writeHead(answer().status, { 'content-type': 'application/json' }).end(answer().body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    });

    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('takes the key that a token names', async () => {
      const read = reader({ keys: { kind: 'jwks', url } });
      for (const [key, kid] of [
        [privateKey, 'first'],
        [second.privateKey, 'second'],
      ] as const)
        expect((await read(await signed(key, GOOD, { kid }))).userId).toBe('alice');
      await expect(read(await signed(privateKey, GOOD, { kid: 'second' }))).rejects.toMatchObject(unauthorized);
      await expect(read(await signed(privateKey, GOOD, { kid: 'third' }))).rejects.toMatchObject(unauthorized);
    });

    it('blames no token when the endpoint fails', async () => {
      const token = await signed(privateKey, GOOD);
      const good = answer;
      for (const [status, body] of [
        [500, '{}'],
        [200, 'no JSON'],
        [200, '{}'],
      ] as const) {
        answer = () => ({ status, body });
        await expect(reader({ keys: { kind: 'jwks', url } })(token)).rejects.toMatchObject({ code: 'unavailable' });
      }
      answer = good;
      const nobody = reader({ keys: { kind: 'jwks', url: 'http://127.0.0.1:1/jwks' } });
      await expect(nobody(token)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
});
