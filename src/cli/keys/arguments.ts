import { parseArgs } from 'node:util';
import type { KeyTerms } from '../../platform/auth/api-keys/key-registry.js';
import { isScope, type Scope } from '../../platform/auth/scopes.js';
import { isUserId, USER_ID_RULE } from '../../platform/auth/user-id.js';
import { isNetwork } from '../../platform/http/address-list.js';

export const USAGE = `usage:
  npm run keys -- create --user USER --scopes orders:read,orders:write,admin [--ip ADDRESS|NETWORK,…] [--expires ISO-TIME]
  npm run keys -- list [--user USER]
  npm run keys -- revoke ID`;

export type KeysCommand =
  | { readonly name: 'create'; readonly terms: KeyTerms }
  | { readonly name: 'list'; readonly userId: string | null }
  | { readonly name: 'revoke'; readonly id: string };

/** The command line can't be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line. Throws `UsageError`. */
export function parseKeysCommand(args: readonly string[], now: Date): KeysCommand {
  const [name, ...rest] = args;
  switch (name) {
    case 'create':
      return { name, terms: newKeyTerms(rest, now) };
    case 'list':
      return { name, userId: userIdOf(parsed(rest, ['user']).values.user) ?? null };
    case 'revoke':
      return { name, id: onlyOne(parsed(rest, []).positionals) };
    case undefined:
    default:
      throw new UsageError('name a command: create, list or revoke');
  }
}

function newKeyTerms(args: readonly string[], now: Date): KeyTerms {
  const { values, positionals } = parsed(args, ['user', 'scopes', 'ip', 'expires']);
  if (positionals.length > 0) throw new UsageError('create takes options only');
  const userId = userIdOf(values.user);
  if (userId === undefined) throw new UsageError('--user is missing');
  return {
    userId,
    scopes: scopesOf(values.scopes),
    networks: networksOf(values.ip),
    expiresAt: expiryOf(values.expires, now),
  };
}

function parsed(args: readonly string[], names: readonly string[]) {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Readonly<Record<string, string | undefined>>, positionals };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function onlyOne(positionals: readonly string[]): string {
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new UsageError('name the one key to revoke by its id');
  return id;
}

function userIdOf(text: string | undefined): string | undefined {
  if (text !== undefined && !isUserId(text)) throw new UsageError(`--user ${USER_ID_RULE}`);
  return text;
}

function scopesOf(text: string | undefined): readonly Scope[] {
  const names = [...new Set(listOf(text))];
  const scopes = names.filter(isScope);
  if (scopes.length === 0 || scopes.length < names.length)
    throw new UsageError('--scopes must be a comma list of orders:read, orders:write and admin');
  return scopes;
}

function networksOf(text: string | undefined): readonly string[] {
  const networks = listOf(text);
  if (text !== undefined && (networks.length === 0 || !networks.every(isNetwork)))
    throw new UsageError('--ip must be a comma list of addresses and networks such as 10.0.0.0/8');
  return networks;
}

function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

function expiryOf(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const expiresAt = ISO_TIME.test(text) ? new Date(text) : null;
  if (expiresAt === null || Number.isNaN(expiresAt.getTime()) || expiresAt <= now)
    throw new UsageError('--expires must be a time to come such as 2027-01-31T12:00:00Z');
  return expiresAt;
}
