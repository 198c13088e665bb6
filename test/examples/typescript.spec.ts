import { OpenApi } from '../support/open-api.js';
import { OrderClient } from '../support/order-client.js';
import { ExampleStage, expectFollowed } from './example-run.js';
import { interfacesOf, shapeOf } from './type-shapes.js';

const MAIN = ['--import', '@swc-node/register/esm-register', 'examples/typescript/main.ts'];

/** Real: the built engine, the example as a process of its own, and the network between them, which is cut. */
describe('examples/typescript', () => {
  let stage: ExampleStage;

  beforeAll(async () => {
    stage = await ExampleStage.open();
  }, 60_000);

  afterAll(async () => {
    await stage.close();
  }, 60_000);

  it('places an order and sees all of its events once, although it is cut off in the middle', async () => {
    const user = new OrderClient(stage.engine.url, 'typescript-example');
    const run = stage.run(process.execPath, [...MAIN, 'buy', '0.5'], { ENGINE_USER: user.userId });
    await stage.cutInTheMiddle(run, user);
    await expectFollowed(run, user);
  });

  it('ends with 1 and the reason when the engine refuses the order', async () => {
    const run = stage.run(process.execPath, [...MAIN, 'hold', '0.5'], { ENGINE_USER: 'typescript-refused' });
    expect(await run.exited).toBe(1);
    expect(run.complaints.join('\n')).toContain('validation-failed');
  });

  it('has the types of the OpenAPI document', async () => {
    const { schemas } = (await OpenApi.of(stage.engine.url)).components;
    const interfaces = interfacesOf('examples/typescript/api.ts');
    expect(interfaces.size).toBeGreaterThan(8);
    for (const [name, shape] of interfaces) expect([name, shape]).toEqual([name, shapeOf(schemas[name])]);
  });
});
