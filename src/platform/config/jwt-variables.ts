import { createPublicKey } from 'node:crypto';
import type { JwtSettings } from '../auth/jwt/jwt-settings.js';
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
  if (v.JWT_PUBLIC_KEY !== undefined && !isPublicKey(v.JWT_PUBLIC_KEY))
    fault('JWT_PUBLIC_KEY', 'must be a public key as PEM');
  return faults;
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

function isPublicKey(pem: string): boolean {
  try {
    // A private key would do too, since the public one is part of it; it must not lie about here.
    return !pem.includes('PRIVATE') && createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}
