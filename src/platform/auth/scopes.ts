/** What a credential may be used for. None includes another. */
export const SCOPES = ['orders:read', 'orders:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
