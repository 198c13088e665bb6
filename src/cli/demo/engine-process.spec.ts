import { loadConfig } from '../../platform/config/load-config.js';
import { VARIABLES } from '../../platform/config/variables.js';
import { demoEnvironment } from './engine-process.js';

describe('the environment of a demonstration', () => {
  const names = Object.keys(VARIABLES).flatMap((name) => [name, `${name}_FILE`]);
  const developers = Object.fromEntries(names.map((name) => [name, 'nonsense']));
  const ours = loadConfig({ PORT: '0', LOG_LEVEL: 'warn', DATA_DIR: '/a/folder' });

  it('holds no setting of the shell', () => {
    const env = demoEnvironment({ PATH: '/bin', ...developers }, '/a/folder');
    expect(env.PATH).toBe('/bin');
    expect(loadConfig(env)).toEqual(ours);
  });

  it('leaves none of a file of settings that it is laid over', () => {
    expect(loadConfig({ ...developers, ...demoEnvironment({}, '/a/folder') })).toEqual(ours);
  });
});
