/** As libpq has them (PostgreSQL manual, 34.19), and the driver's own `no-verify`. */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;

/** Whether a URL names a known `sslmode`, or none, and what that needs. */
export function isSslModeKnown(url: string): boolean {
  const { searchParams } = new URL(url);
  const mode = searchParams.get('sslmode');
  if (mode === 'verify-ca') return searchParams.has('sslrootcert');
  return mode === null || SSL_MODES.some((known) => known === mode);
}

/**
 * The URL such that `sslmode` means what libpq makes of it, and so psql and every host of databases. By itself the driver takes `require`
 * for `verify-full`, and so refuses the certificates that most servers have.
 */
export function withLibpqSslMode(url: string): string {
  const { searchParams } = new URL(url);
  const isMisread = ['prefer', 'require', 'verify-ca'].includes(searchParams.get('sslmode') ?? '');
  return isMisread && !searchParams.has('uselibpqcompat') ? `${url}&uselibpqcompat=true` : url;
}
