import { OpenApi } from '../support/open-api.js';
import { ExampleStage, expectFollowed, MODES } from './example-run.js';
import { interfacesOf, shapeOf } from './type-shapes.js';

const MAIN = ['--import', '@swc-node/register/esm-register', 'examples/typescript/main.ts'];

/** Real: the built engine, the example as a process of its own, and the network between them, which is cut. */
describe.each(MODES)('examples/typescript under AUTH_MODE=%s', (mode) => {
  let stage: ExampleStage;

  beforeAll(async () => {
    stage = await ExampleStage.open(mode);
  }, 60_000);

  afterAll(async () => {
    await stage.close();
  }, 60_000);

  it('places an order and sees all of its events once, although it is cut off in the middle', async () => {
    const user = await stage.user('typescript-example');
    const run = stage.run(process.execPath, [...MAIN, 'buy', '0.5'], user.env);
    await stage.cutInTheMiddle(run, user);
    await expectFollowed(run, user);
  });

  it('ends with 1 and the reason when the engine refuses the order', async () => {
    const { env } = await stage.user('typescript-refused');
    const run = stage.run(process.execPath, [...MAIN, 'hold', '0.5'], env);
    expect(await run.exited).toBe(1);
    expect(run.complaints.join('\n')).toContain('validation-failed');
  });

  if (mode === 'api-key')
    it('ends with 1 and the reason when its key is not good', async () => {
      const run = stage.run(process.execPath, [...MAIN, 'buy', '0.5'], { ENGINE_KEY: 'nonsense' });
      expect(await run.exited).toBe(1);
      expect(run.complaints.join('\n')).toContain('unauthorized');
    });

  it('has the types of the OpenAPI document', async () => {
    const { schemas } = (await OpenApi.of(stage.engine.url)).components;
    const interfaces = interfacesOf('examples/typescript/api.ts');
    expect(interfaces.size).toBeGreaterThan(8);
    for (const [name, shape] of interfaces) expect([name, shape]).toEqual([name, shapeOf(schemas[name])]);
  });
});
