import { createPublicKey, type KeyObject } from 'node:crypto';
import { algorithmsOf, type JwtSettings, MIN_RSA_BITS } from '../auth/jwt/jwt-settings.js';
import type { ConfigFault } from './config.errors.js';
import type { Variables } from './variables.js';

/** How tokens are checked; undefined while it is not said. */
export function jwtSettingsOf(v: Variables): JwtSettings | undefined {
  const keys = keysOf(v);
  if (keys === undefined || v.JWT_ISSUER === undefined || v.JWT_AUDIENCE === undefined) return undefined;
  return {
    keys,
    algorithms: v.JWT_ALGORITHMS,
    issuer: v.JWT_ISSUER,
    audience: v.JWT_AUDIENCE,
    scopeClaim: v.JWT_SCOPE_CLAIM,
  };
}

type Keys = Pick<Variables, 'JWT_JWKS_URL' | 'JWT_PUBLIC_KEY'>;

/** What is wrong with the keys where tokens are to be checked. */
export function jwtKeyFaults(v: Keys): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const fault = (name: string, rule: string) => void faults.push({ name, rule });
  if (v.JWT_JWKS_URL !== undefined && v.JWT_PUBLIC_KEY !== undefined)
    fault('JWT_PUBLIC_KEY', 'is given beside JWT_JWKS_URL');
  if (keysOf(v) === undefined) fault('JWT_JWKS_URL', 'or JWT_PUBLIC_KEY is needed under AUTH_MODE=jwt');
  if (v.JWT_PUBLIC_KEY !== undefined && publicKeyOf(v.JWT_PUBLIC_KEY) === null)
    fault('JWT_PUBLIC_KEY', 'must be a public key as PEM');
  return faults;
}

/** Why a key could not check a single token. */
export function jwtFitFaults(v: Pick<Variables, 'JWT_PUBLIC_KEY' | 'JWT_ALGORITHMS'>): ConfigFault[] {
  const key = v.JWT_PUBLIC_KEY === undefined ? null : publicKeyOf(v.JWT_PUBLIC_KEY);
  if (key === null) return [];
  const fault = (rule: string): ConfigFault[] => [{ name: 'JWT_PUBLIC_KEY', rule }];
  if (!algorithmsOf(key).some((each) => v.JWT_ALGORITHMS.includes(each))) return fault('fits none of JWT_ALGORITHMS');
  const { modulusLength = MIN_RSA_BITS } = key.asymmetricKeyDetails ?? {};
  return modulusLength < MIN_RSA_BITS ? fault(`must have at least ${MIN_RSA_BITS} bits`) : [];
}

/** Which names are missing that every token has to carry. */
export function jwtNameFaults(v: Pick<Variables, 'JWT_ISSUER' | 'JWT_AUDIENCE'>): ConfigFault[] {
  const names = ['JWT_ISSUER', 'JWT_AUDIENCE'] as const;
  return names.filter((name) => v[name] === undefined).map((name) => ({ name, rule: 'is needed under AUTH_MODE=jwt' }));
}

function keysOf(v: Keys): JwtSettings['keys'] | undefined {
  if (v.JWT_JWKS_URL !== undefined) return { kind: 'jwks', url: v.JWT_JWKS_URL };
  return v.JWT_PUBLIC_KEY === undefined ? undefined : { kind: 'pem', pem: v.JWT_PUBLIC_KEY };
}

function publicKeyOf(pem: string): KeyObject | null {
  // A private key would do too, since the public one is part of it; it must not lie about here.
  if (pem.includes('PRIVATE')) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}
