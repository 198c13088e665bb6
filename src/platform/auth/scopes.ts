import { EngineError } from '../../kernel/errors.js';

/** What a credential may be used for. None includes another. */
export const SCOPES = ['orders:read', 'orders:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** What a method needs where nothing else is said. */
export function usualScope(method: string): Scope {
  return method === 'GET' || method === 'HEAD' ? 'orders:read' : 'orders:write';
}

/** Throws `forbidden` when the scope is not among them. */
export function assertScope({ scopes }: { readonly scopes: readonly Scope[] }, scope: Scope): void {
  if (!scopes.includes(scope)) throw new EngineError('forbidden', `the credential lacks the scope ${scope}`);
}
