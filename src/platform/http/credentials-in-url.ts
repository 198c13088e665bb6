const CREDENTIAL =
  /^(?:x[-_]?)?(?:api[-_]?key|key|(?:access|id|auth|refresh|bearer)?[-_]?token|auth|authorization|bearer|jwt|password|passwd|secret|client[-_]?secret)$/i;

/** Whether a request target carries a credential in its query, where logs, caches and histories would keep it. */
export function hasCredentialInUrl(target: string): boolean {
  const query = target.indexOf('?');
  if (query < 0) return false;
  return [...new URLSearchParams(target.slice(query)).keys()].some((name) => CREDENTIAL.test(name));
}
