import { SetMetadata } from '@nestjs/common';
import type { Scope } from './scopes.js';

/** What a handler asks of its callers. */
export type Access = 'open' | 'any-credential' | Scope;

export const ACCESS = 'auth:access';

/** Serves everybody, with or without a credential: probes, figures, documents. */
export const Open = () => SetMetadata(ACCESS, 'open' satisfies Access);

/** Serves everybody who is known, whatever the scopes. */
export const AnyCredential = () => SetMetadata(ACCESS, 'any-credential' satisfies Access);

/** Serves those who have the scope. Without it, reading needs `orders:read` and everything else `orders:write`. */
export const RequireScope = (scope: Scope) => SetMetadata(ACCESS, scope satisfies Access);
