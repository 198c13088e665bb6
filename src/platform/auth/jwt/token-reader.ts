import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { EngineError } from '../../../kernel/errors.js';
import type { Availability } from '../../health/availability.js';
import { type Caller, unauthorized } from '../authenticator.js';
import { isScope, type Scope } from '../scopes.js';
import { isUserId } from '../user-id.js';
import type { JwtSettings } from './jwt-settings.js';

/** A JWKS endpoint that does not answer must not hold a request up for longer than 503 may take. */
const JWKS_TIMEOUT_MS = 2_000;

/** The keys could not be had (an endpoint's error status has the generic code); all other errors are the token's. */
const SOURCE_CODES = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JWK_INVALID']);

/** Who a token speaks for. Throws `unauthorized`, and `unavailable` when the issuer's keys can't be had. */
export type TokenReader = (token: string) => Promise<Caller>;

/** Reads tokens of one issuer. Keys of a JWKS endpoint are fetched when a token first needs them, and kept. */
export function tokenReader(settings: JwtSettings, keySource: Pick<Availability, 'up' | 'down'>): TokenReader {
  const { keys, algorithms, issuer, audience, scopeClaim } = settings;
  const options = { algorithms: [...algorithms], issuer, audience, requiredClaims: ['exp', 'sub'] };
  const key =
    keys.kind === 'pem'
      ? createPublicKey(keys.pem)
      : createRemoteJWKSet(new URL(keys.url), { timeoutDuration: JWKS_TIMEOUT_MS });
  return async (token) => {
    const { payload } = await jwtVerify(token, key, options).catch((error: unknown) => {
      // A key that is at hand can't be what is missing, even where the token's algorithm is not one of this key.
      if (keys.kind === 'pem' || isOfToken(error)) throw unauthorized();
      keySource.down(error);
      throw new EngineError('unavailable', 'The credential could not be checked.', { cause: error });
    });
    keySource.up();
    return callerOf(payload, scopeClaim);
  };
}

function isOfToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !SOURCE_CODES.has(error.code);
}

function callerOf(payload: JWTPayload, scopeClaim: string): Caller {
  const { sub, exp } = payload;
  if (!isUserId(sub) || exp === undefined) throw unauthorized();
  const credential = { kind: 'jwt' as const, id: sub, expiresAt: new Date(exp * 1000) };
  return { userId: sub, scopes: scopesIn(payload[scopeClaim]), credential };
}

/** Scopes that are not ours are for other audiences. */
function scopesIn(claim: unknown): readonly Scope[] {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return words.filter((word): word is Scope => typeof word === 'string' && isScope(word));
}
