const CREDENTIAL =
  /^(?:x[-_]?)?(?:api[-_]?key|key|(?:access|id|auth|refresh|bearer)?[-_]?token|auth|authorization|bearer|jwt|password|passwd|secret|client[-_]?secret)$/i;

/** What our own keys and signed tokens (RFC 7519) look like, whatever name they are given. */
const CREDENTIAL_VALUE = /^(?:oee_(?:live|test)_|eyJ[\w-]+\.[\w-]+\.)/;

/** Whether a request target carries a credential in its query, where logs, caches and histories would keep it. */
export function hasCredentialInUrl(target: string): boolean {
  const query = target.indexOf('?');
  if (query < 0) return false;
  return [...new URLSearchParams(target.slice(query))].some(
    ([name, value]) => CREDENTIAL.test(name) || CREDENTIAL_VALUE.test(value),
  );
}
