import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../support/engine.js';
import { bearer, KeysCommand } from '../support/keys.js';
import { ApiClient } from './api-client.js';

const PEPPER = 'a pepper for this test';

/** Real: the built command, and an engine on an embedded PostgreSQL of its own. */
describe('npm run keys', () => {
  it('makes keys before the engine ran and while it runs, on the embedded database too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-test-data-'));
    const env = { DATA_DIR: folder, AUTH_MODE: 'api-key', API_KEY_PEPPER: PEPPER };
    const keys = new KeysCommand(env);
    const early = await keys.create('early');
    const engine = await startEngine({ env });
    const late = await keys.create('late');
    const api = new ApiClient(engine.url);
    for (const key of [early, late]) expect((await api.get('/me', bearer(key))).body.userId).toBe(key.userId);
    expect(await engine.stop()).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  it.each([
    ['a command it does not know', ['show'], {}, 64],
    ['a scope it does not know', ['create', '--user', 'a', '--scopes', 'all'], {}, 64],
    ['a configuration with faults', ['list'], { PORT: 'x' }, 78],
  ])('ends with a code and a sentence on stderr at %s', async (_what, args, env, code) => {
    const refusal = new KeysCommand({ API_KEY_PEPPER: PEPPER, ...env }).run(...args);
    await expect(refusal).rejects.toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/\S/) });
  });
});
