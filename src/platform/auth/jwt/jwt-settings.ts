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

/** How tokens are checked. */
export interface JwtSettings {
  /** Where the issuer's public keys come from: its JWKS endpoint, or one key as PEM. */
  readonly keys: { readonly kind: 'jwks'; readonly url: string } | { readonly kind: 'pem'; readonly pem: string };
  readonly algorithms: readonly (typeof JWT_ALGORITHMS)[number][];
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds the scopes: a list, or words in a text. */
  readonly scopeClaim: string;
}
