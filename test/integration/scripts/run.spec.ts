import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from '../../support/eventually.js';

/** Real: `scripts/`, Node, files, processes. Fake: npm, the compilers and Jest, which note their calls and do as little as they can. */

const RECORD = `require('fs').appendFileSync('calls.log', NAME + ' ' + process.argv.slice(2).join(' ') + '\\n');`;

const FAKES: Readonly<Record<string, string>> = {
  '@nestjs/cli/bin/nest.js': `
    const { readFileSync, mkdirSync, writeFileSync } = require('fs');
    const source = readFileSync('src/main.ts', 'utf8');
    if (source.includes('BROKEN')) { console.log('src/main.ts:1:1 - error'); process.exit(1); }
    mkdirSync('dist');
    setTimeout(() => writeFileSync('dist/main.js', source), 300);`,
  'typescript/bin/tsc': '',
  'jest/bin/jest.js': `
    const out = process.argv.find((arg) => arg.startsWith('--outputFile='));
    if (out) require('fs').writeFileSync(out.slice(13), require('fs').readFileSync('results.json'));
    process.exit(Number(process.env.JEST_EXIT ?? 0));`,
};

const NPM = `
  const { cpSync, existsSync, copyFileSync } = require('fs');
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'ci' && existsSync('refuse-ci')) { console.error('npm error code EUSAGE\\nnot in sync'); process.exit(1); }
  if (command === 'run') process.exit(process.env.FAILING === rest[1] ? 1 : 0);
  cpSync('registry', 'node_modules', { recursive: true });
  copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  console.log('added 3 packages in 1s');`;

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Project {
  readonly root = mkdtempSync(join(tmpdir(), 'run-script-'));

  constructor() {
    cpSync('scripts', join(this.root, 'scripts'), { recursive: true });
    this.write('package.json', JSON.stringify({ engines: { node: '>=20.19' } }));
    this.lock('1.0.0');
    this.write('src/main.ts', `console.log('engine');`);
    for (const input of ['migrations/a.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'])
      this.write(input, '');
    for (const [path, code] of Object.entries(FAKES)) this.write(`registry/${path}`, named(path, code));
    this.write('npm-cli.js', named('npm', NPM));
  }

  lock(version: string): void {
    this.write('package-lock.json', JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } }));
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** What was called since the last look, arguments left out. */
  calls(): string[] {
    const log = join(this.root, 'calls.log');
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    rmSync(log, { force: true });
    return lines.map((line) => /^npm \w+|^\S+/.exec(line)?.[0] ?? '');
  }

  start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): { child: ChildProcessByStdio<null, Readable, Readable>; result: Promise<Result> } {
    const child = spawn(process.execPath, ['scripts/run.mjs', ...args], {
      cwd: this.root,
      env: { PATH: process.env.PATH, npm_execpath: join(this.root, 'npm-cli.js'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    return { child, result: new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr }))) };
  }

  run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Result> {
    return this.start(args, env).result;
  }
}

function named(path: string, code: string): string {
  return `const NAME = '${path.split('/').pop() ?? path}'; ${RECORD} ${code}`;
}

const INSTALL = 'npm ci';
const BUILD = ['nest.js', 'tsc'];

describe('scripts/run.mjs', () => {
  let project: Project;

  beforeEach(() => void (project = new Project()));
  afterEach(() => rmSync(project.root, { recursive: true, force: true }));

  it('installs and builds before the first command, and neither before the next', async () => {
    expect(await project.run(['start'])).toMatchObject({ code: 0, stdout: 'engine\n' });
    expect(project.calls()).toEqual([INSTALL, ...BUILD]);
    expect(await project.run(['start'])).toMatchObject({ code: 0, stdout: 'engine\n', stderr: '' });
    expect(project.calls()).toEqual([]);
  });

  it('installs again when the lock file changed, and builds what depends on it', async () => {
    await project.run(['build']);
    project.calls();
    project.lock('1.0.1');
    await project.run(['build']);
    expect(project.calls()).toEqual([INSTALL, ...BUILD]);
  });

  it('takes what somebody installed by hand, when that is what the lock file says', async () => {
    cpSync(join(project.root, 'registry'), join(project.root, 'node_modules'), { recursive: true });
    cpSync(join(project.root, 'package-lock.json'), join(project.root, 'node_modules/.package-lock.json'));
    await project.run(['build']);
    expect(project.calls()).toEqual(BUILD);
  });

  it('explains itself and resolves anew when npm ci refuses the lock file', async () => {
    project.write('refuse-ci', '');
    const { code, stderr } = await project.run(['build']);
    expect(code).toBe(0);
    expect(stderr).toContain('npm ci refuses package-lock.json');
    expect(project.calls()).toEqual([INSTALL, 'npm install', ...BUILD]);
  });

  it('builds again when a source changed, and from an empty folder', async () => {
    await project.run(['build']);
    project.write('dist/stale.js', '');
    project.write('src/other.ts', '');
    project.calls();
    await project.run(['build']);
    expect(project.calls()).toEqual(BUILD);
    expect(project.has('dist/stale.js')).toBe(false);
  });

  it('does not build again for a spec', async () => {
    await project.run(['build']);
    project.write('src/other.spec.ts', '');
    project.calls();
    await project.run(['build']);
    expect(project.calls()).toEqual([]);
  });

  it('shows why a build failed, runs nothing, and builds again next time', async () => {
    project.write('src/main.ts', 'BROKEN');
    const { code, stdout, stderr } = await project.run(['start']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('nest build failed\nsrc/main.ts:1:1 - error');
    project.write('src/main.ts', `console.log('mended');`);
    expect(await project.run(['start'])).toMatchObject({ code: 0, stdout: 'mended\n' });
  });

  it('lets one of several that start together install and build', async () => {
    const results = await Promise.all([1, 2, 3].map(() => project.run(['start'])));
    expect(results.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      Array(3).fill({ code: 0, stdout: 'engine\n' }),
    );
    expect(project.calls()).toEqual([INSTALL, ...BUILD]);
    expect(project.has('.preparing')).toBe(false);
  });

  it('takes over from a process that died while it was building', async () => {
    const { child, result } = project.start(['build']);
    await eventually(() => expect(project.has('.preparing/owner.json')).toBe(true));
    child.kill('SIGKILL');
    await result;
    expect(JSON.parse(readFileSync(join(project.root, '.preparing/owner.json'), 'utf8'))).toEqual({
      pid: child.pid,
      host: hostname(),
    });
    expect(await project.run(['start'])).toMatchObject({ code: 0, stdout: 'engine\n' });
    expect(project.has('.preparing')).toBe(false);
  });

  it('passes SIGTERM on and ends with the code of the engine', async () => {
    project.write(
      'src/main.ts',
      `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up');`,
    );
    const { child, result } = project.start(['start']);
    await new Promise((up) => child.stdout.once('data', up));
    child.kill('SIGTERM');
    expect(await result).toMatchObject({ code: 7, stdout: 'up\n' });
  });

  it('says the usage for an unknown command', async () => {
    expect(await project.run(['fly'])).toMatchObject({ code: 64, stderr: expect.stringContaining('usage:') });
  });

  describe('test', () => {
    const suite = (name: string, ...assertionResults: object[]) => ({ name, assertionResults });
    const results = (counts: object = {}, testResults: object[] = []) =>
      JSON.stringify({
        numPassedTests: 5,
        numFailedTests: 0,
        numPendingTests: 0,
        numTodoTests: 0,
        numRuntimeErrorTestSuites: 0,
        testResults,
        ...counts,
      });

    it('runs every check and then Jest, and closes with the counts alone on a line', async () => {
      project.write('results.json', results());
      const { code, stdout } = await project.run(['test']);
      expect({ code, last: stdout.trimEnd().split('\n').pop() }).toEqual({
        code: 0,
        last: '5 passed, 0 failed, 0 skipped',
      });
      const checks = Array<string>(5).fill('npm run');
      expect(project.calls()).toEqual([INSTALL, ...BUILD, ...checks, 'jest.js']);
    });

    it('goes on after a failed check, which counts as a failure', async () => {
      project.write('results.json', results());
      const { code, stdout, stderr } = await project.run(['test'], { FAILING: 'lint' });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '\n5 passed, 1 failed, 0 skipped\n' });
      expect(stderr).toContain('FAILED checks: lint');
    });

    it('counts a suite that could not run as a failure', async () => {
      project.write('results.json', results({ numRuntimeErrorTestSuites: 2, numFailedTests: 1 }));
      const { code, stdout } = await project.run(['test'], { JEST_EXIT: '1' });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '\n5 passed, 3 failed, 0 skipped\n' });
    });

    it('fails when Jest leaves no results', async () => {
      const { code, stdout } = await project.run(['test'], { JEST_EXIT: '1' });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '\n0 passed, 1 failed, 0 skipped\n' });
    });

    it('says loudly what was skipped and why', async () => {
      const skipped = { status: 'pending', ancestorTitles: ['on Redis, of which there is none'], title: 'works' };
      project.write('results.json', results({ numPendingTests: 1 }, [suite('src/a.spec.ts', skipped)]));
      const { stdout, stderr } = await project.run(['test']);
      expect(stderr).toContain('SKIPPED 1 in');
      expect(stderr).toContain('on Redis, of which there is none');
      expect(stdout).toBe('\n5 passed, 0 failed, 1 skipped\n');
    });

    it('gives further arguments to Jest and then says that the checks were skipped', async () => {
      project.write('results.json', results());
      const { stderr } = await project.run(['test', 'src/kernel']);
      expect(stderr).toContain('SKIPPED: the checks');
      expect(project.calls()).toEqual([INSTALL, ...BUILD, 'jest.js']);
    });
  });
});
