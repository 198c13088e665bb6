import { readFileSync } from 'node:fs';
import { loadConfig } from '../../src/platform/config/load-config.js';

const STORES = { DATABASE_URL: 'postgresql://engine@db/engine', REDIS_URL: 'redis://redis' };

/** The variables that a block of a YAML file gives, each on a line of its own; those with placeholders of Compose are left out. */
function variablesIn(path: string, block: RegExp): Record<string, string> {
  const [, lines = ''] = block.exec(readFileSync(path, 'utf8')) ?? [];
  const given = [...lines.matchAll(/^ +([A-Z_]+): '?([^'$\n]+)'?$/gm)].map(
    ([, name, value]) => [name!, value!] as const,
  );
  expect(given.length).toBeGreaterThan(3);
  return Object.fromEntries(given);
}

/** Real: the files that the engine is deployed with, and the reading of its configuration. */
describe('what the engine is deployed with', () => {
  describe('on Kubernetes', () => {
    const env = (): Record<string, string> => ({
      ...variablesIn('deploy/kubernetes.yaml', /kind: ConfigMap[^]*?\ndata:\n([^]*?)\n---/),
      ...STORES,
    });

    it('serves nobody without a key, and does not start without the pepper', () => {
      const api = { ...env(), ROLES: 'api' };
      expect(loadConfig({ ...api, API_KEY_PEPPER: 'p'.repeat(16) }).auth.mode).toBe('api-key');
      expect(() => loadConfig(api)).toThrow('API_KEY_PEPPER');
    });

    it('gives every process the time that it takes to end, and the api a pause before, in which it is taken out of the service', () => {
      const shutdownMs = Number(env().SHUTDOWN_TIMEOUT_MS);
      const deployments = readFileSync('deploy/kubernetes.yaml', 'utf8')
        .split('\n---\n')
        .filter((document) => document.includes('kind: Deployment'));
      const times = deployments.map((document) => {
        const [, graceSeconds] = /terminationGracePeriodSeconds: (\d+)/.exec(document) ?? [];
        const [, pauseMs = 0] =
          /preStop:\n *exec: \{ command: \[node, -e, 'setTimeout\(.*?, (\d+)\)'\] \}/.exec(document) ?? [];
        expect(Number(graceSeconds) * 1_000).toBeGreaterThan(Number(pauseMs) + shutdownMs);
        return [/name: (\w+)/.exec(document)?.[1], Number(pauseMs)];
      });
      expect(times).toEqual([
        ['api', 5_000],
        ['worker', 0],
      ]);
    });

    it('works and migrates without the pepper', () => {
      expect(loadConfig({ ...env(), ROLES: 'worker' }).roles).toEqual(['worker']);
    });
  });

  describe('with Compose', () => {
    const PATH = 'docker-compose.yml';
    const env = () => ({ ...variablesIn(PATH, /\n {4}environment:\n([^]*?)\n {4}depends_on/), DB_PASSWORD: 'x' });

    it('takes everybody, on the paper chain, from this machine only', () => {
      expect(loadConfig({ ...env(), NODE_ENV: 'production' })).toMatchObject({
        auth: { mode: 'none' },
        chain: 'paper',
      });
      const published = [...readFileSync(PATH, 'utf8').matchAll(/ports: \[(.*)\]/g)].map(([, ports]) => ports);
      expect(published).toEqual(["'127.0.0.1:3000:3000'"]);
    });
  });
});
