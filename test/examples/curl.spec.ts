import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExampleStage, type ExampleUser, expectFollowed, MODES } from './example-run.js';

const hasWebsocat = spawnSync('websocat', ['--version']).status === 0;
const SCRIPT = 'examples/curl/order.sh';

/** Real: the built engine, curl, the network that is cut, and websocat where it is installed; elsewhere `test/support/websocat.mjs`. */
describe.each(MODES)('examples/curl under AUTH_MODE=%s', (mode) => {
  let stage: ExampleStage;
  let path: string;

  beforeAll(async () => {
    stage = await ExampleStage.open(mode);
    path = mkdtempSync(join(tmpdir(), 'engine-test-path-'));
    const standIn = `#!/bin/sh\nexec "${process.execPath}" "${resolve('test/support/websocat.mjs')}" "$@"\n`;
    if (!hasWebsocat) writeFileSync(join(path, 'websocat'), standIn);
    if (!hasWebsocat) chmodSync(join(path, 'websocat'), 0o755);
  }, 60_000);

  afterAll(async () => {
    rmSync(path, { recursive: true, force: true });
    await stage.close();
  }, 60_000);

  const run = ({ env }: ExampleUser, ...args: readonly string[]) =>
    stage.run('sh', [SCRIPT, ...args], { ...env, PATH: `${path}:${process.env.PATH ?? ''}` });

  it('places an order and sees all of its events once, although it is cut off in the middle', async () => {
    const user = await stage.user('curl-example');
    const example = run(user, 'buy', '0.5');
    await stage.cutInTheMiddle(example, user);
    await expectFollowed(example, user);
  });

  it('fails when the engine refuses the order', async () => {
    const example = run(await stage.user('curl-refused'), 'hold', '0.5');
    expect(await example.exited).not.toBe(0);
    expect(example.lines).toEqual([]);
  });
});
