import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newApiKey } from '../../src/platform/auth/api-keys/api-key.js';
import { keyHash } from '../../src/platform/auth/api-keys/key-hash.js';

export interface GivenKey {
  readonly id: string;
  readonly key: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

/** The built command that manages API keys, on the database and with the pepper of the engine under test. */
export class KeysCommand {
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Its JSON lines; rejects with `code` and `stderr` when it fails. */
  async run(...args: string[]): Promise<readonly object[]> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...this.env };
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/keys.js', ...args], { env });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as object);
  }

  async create(userId: string, scopes = 'orders:read,orders:write', ...more: string[]): Promise<GivenKey> {
    const [line] = await this.run('create', '--user', userId, '--scopes', scopes, ...more);
    return line as GivenKey;
  }

  async revoke(id: string): Promise<void> {
    await this.run('revoke', id);
  }
}

/** The header that presents a key or a token. */
export function bearer(credential: string | GivenKey): { authorization: string } {
  return { authorization: `Bearer ${typeof credential === 'string' ? credential : credential.key}` };
}

/** Puts a key for both kinds of use into the table, past the command, which takes its time. A user's second one takes slot 2. */
export async function insertKey(
  query: (sql: string, parameters: unknown[]) => Promise<unknown>,
  pepper: string,
  userId: string,
  slot: 1 | 2 = 1,
): Promise<GivenKey> {
  const { id, text } = newApiKey('test');
  const scopes = ['orders:read', 'orders:write'];
  await query(
    "insert into api_keys (id, hash, environment, user_id, scopes, slot) values ($1, $2, 'test', $3, $4, $5)",
    [id, keyHash(pepper, text), userId, scopes, slot],
  );
  return { id, key: text, userId, scopes, expiresAt: null };
}
