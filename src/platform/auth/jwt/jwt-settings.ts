import type { KeyObject } from 'node:crypto';

/** Signatures that a public key can check; secrets that are shared with the issuer are not supported. */
export const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** RFC 7518 §3.3 and §3.5: a smaller one must not be used. */
export const MIN_RSA_BITS = 2048;

/** By the type of the key and, of elliptic ones, OpenSSL's name of the curve (RFC 7518 §3.1, RFC 8037). */
const ALGORITHMS_OF: Readonly<Record<string, readonly JwtAlgorithm[]>> = {
  rsa: JWT_ALGORITHMS.filter((algorithm) => /^[RP]S/.test(algorithm)),
  'ec prime256v1': ['ES256'],
  'ec secp384r1': ['ES384'],
  'ec secp521r1': ['ES512'],
  ed25519: ['EdDSA'],
};

/** The algorithms whose signatures a public key can check, whatever its size. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly JwtAlgorithm[] {
  const kind = [asymmetricKeyType, asymmetricKeyDetails?.namedCurve].filter((part) => part !== undefined);
  return ALGORITHMS_OF[kind.join(' ')] ?? [];
}

/** How tokens are checked. */
export interface JwtSettings {
  /** Where the issuer's public keys come from: its JWKS endpoint, or one key as PEM. */
  readonly keys: { readonly kind: 'jwks'; readonly url: string } | { readonly kind: 'pem'; readonly pem: string };
  readonly algorithms: readonly JwtAlgorithm[];
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds the scopes: a list, or words in a text. */
  readonly scopeClaim: string;
}
