import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnEngine, startEngine } from '../support/engine.js';
import { temporaryFolder } from '../support/throwaway-postgres.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built program as a process of its own, with nothing of the developer's settings. */
function run(file: string, args: readonly string[], cwd = process.cwd()): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(process.cwd(), 'dist', file), ...args],
      { cwd, env, timeout: 120_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

describe('the demonstration', () => {
  const folder = temporaryFolder('demo');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('places one buy and one sell, shows their lives and prints both fills, whatever a developer’s .env says', async () => {
    const settings = { MIGRATION_DATABASE_URL_FILE: '/none', POOLS_FILE: '/none', RISK_MAX_ORDER_USD: '0.01' };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, '.env'), lines.join(''));
    const { code, stdout, stderr } = await run('cli/demo.js', [], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/bought 2\.5 SOL for [\d.]+ USDC at [\d.]+ on \w+/);
    expect(stdout).toMatch(/sold 100000 RAY for [\d.]+ USDC at [\d.]+ on \d+ % \w+ \S+ and \d+ % \w+ \S+/);
    expect(stdout.match(/transaction [1-9A-HJ-NP-Za-km-z]{64,88}$/gm)).toHaveLength(2);
    for (const status of ['pending', 'routing', 'executing', 'completed']) {
      expect(stdout.match(new RegExp(`^\\d\\d:\\d\\d:.*\\b${status}\\b`, 'gm'))!.length).toBeGreaterThanOrEqual(2);
    }
  }, 600_000);
});

describe('the replay of recorded swaps', () => {
  it('prints one JSON line without a mismatch', async () => {
    const { code, stdout } = await run('cli/vectors.js', ['test/vectors']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const totals = JSON.parse(stdout) as Record<string, number>;
    expect(totals).toMatchObject({ mismatches: 0 });
    expect(totals.cases).toBeGreaterThan(0);
  }, 600_000);

  it('fails when there is nothing to read', async () => {
    expect((await run('cli/vectors.js', [])).code).not.toBe(0);
    expect((await run('cli/vectors.js', ['test/no-such-folder'])).code).not.toBe(0);
  }, 600_000);
});

describe('a start that is refused', () => {
  it('names every fault of the configuration at once, shows no value and exits with 78', async () => {
    const faulty = {
      PORT: 'seventy',
      DATABASE_URL: 'mysql://someone:hunter2@example.org/db',
      REDIS_URL: 'http://:s3cr3t@example.org',
      ORDER_CONCURRENCY: '0',
      CHAIN: 'moon',
    };
    const { exited, logs } = spawnEngine(faulty);
    expect(await exited).toBe(78);
    const output = logs.join('\n');
    for (const [name, value] of Object.entries(faulty)) {
      expect(output).toContain(name);
      if (value.length > 4) expect(output).not.toContain(value);
    }
    expect(output).not.toMatch(/hunter2|s3cr3t/);
  }, 600_000);

  it('is that of a second engine on one data folder', async () => {
    const dataDir = temporaryFolder('shared');
    const first = await startEngine({ env: { DATA_DIR: dataDir } });
    try {
      const second = spawnEngine({ DATA_DIR: dataDir });
      expect(await second.exited).toBe(78);
      expect(second.logs.join('\n')).toContain('in use by process');
      expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    } finally {
      expect(await first.stop()).toBe(0);
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 600_000);
});
