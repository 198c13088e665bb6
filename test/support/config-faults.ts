import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type ConfigFault } from '../../src/platform/config/config.errors.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import type { Environment } from '../../src/platform/config/read-environment.js';

/** A value that must never be shown. */
export const CANARY = 'c4n4ry-do-not-print';

/** How an environment is refused; throws when it is not. */
export function refusal(env: Environment): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

export const faultsOf = (env: Environment): readonly ConfigFault[] => refusal(env).faults;
export const namesOf = (env: Environment): string[] => faultsOf(env).map(({ name }) => name);

/** A folder for the files that environments name, until the tests of the `describe` that asks for it are over. */
export function configFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { folder, file };
}
