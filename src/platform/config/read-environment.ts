import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import type { ConfigFault } from './config.errors.js';
import { VARIABLES, type VariableName, type Variables } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment over the `.env` file of the working directory. The only reader of `process.env`. */
export function processEnvironment(): Environment {
  return { ...readDotEnv('.env'), ...process.env };
}

function readDotEnv(path: string): Environment {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Reads every variable by its rule; faults are collected, not thrown, and what has one is left out. An empty value counts as absent. */
export function readVariables(env: Environment): { variables: Partial<Variables>; faults: ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const variables: Record<string, unknown> = {};
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    const given = VARIABLES[name].secret ? secretText(name, env, faults) : env[name];
    if (given === null) continue;
    const result = VARIABLES[name].rule.safeParse(given === '' ? undefined : given);
    if (result.success) variables[name] = result.data;
    // Zod's own messages may quote the input; ours, given with each rule, do not.
    else faults.push({ name, rule: result.error.issues[0]?.message ?? 'is invalid' });
  }
  return { variables: variables, faults };
}

/** null when it has a fault. */
function secretText(name: string, env: Environment, faults: ConfigFault[]): string | null | undefined {
  const path = env[`${name}_FILE`];
  if (path === undefined || path === '') return env[name];
  if (env[name] !== undefined && env[name] !== '') {
    faults.push({ name, rule: `is given twice, directly and as ${name}_FILE` });
    return null;
  }
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    faults.push({ name: `${name}_FILE`, rule: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` });
    return null;
  }
}
