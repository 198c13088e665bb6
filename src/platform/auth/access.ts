import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** What a handler asks of its callers. */
export type Access = 'open' | 'any-credential' | Scope;

export const ACCESS = 'auth:access';
/** Where the OpenAPI document says the same. */
export const ACCESS_EXTENSION = 'x-access';

const asks = (access: Access) => applyDecorators(SetMetadata(ACCESS, access), ApiExtension(ACCESS_EXTENSION, access));

/** Serves everybody, with or without a credential: probes, figures, documents. */
export const Open = () => asks('open');

/** Serves everybody who is known, whatever the scopes. */
export const AnyCredential = () => asks('any-credential');

/** Serves those who have the scope. Without it, reading needs `orders:read` and everything else `orders:write`. */
export const RequireScope = (scope: Scope) => asks(scope);
