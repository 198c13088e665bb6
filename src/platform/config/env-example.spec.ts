import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { envExample } from './env-example.js';
import { loadConfig } from './load-config.js';
import { VARIABLES } from './variables.js';

const FILE = join(__dirname, '../../../.env.example');

describe('.env.example', () => {
  it('is the text made from the schema', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(envExample());
  });

  it('names every variable once', () => {
    const named = [...envExample().matchAll(/^# ([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(VARIABLES));
  });

  it('changes nothing when every default in it is uncommented', () => {
    const uncommented = parse(envExample().replace(/^# (?=[A-Z0-9_]+=)/gm, ''));
    expect(loadConfig(uncommented)).toEqual(loadConfig({}));
  });
});
