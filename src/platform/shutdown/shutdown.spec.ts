import { Shutdown, SHUTDOWN_PHASES, type ShutdownPhase } from './shutdown.js';

describe('Shutdown', () => {
  function recorded() {
    const shutdown = new Shutdown();
    const done: string[] = [];
    const add = (phase: ShutdownPhase, run: () => Promise<void> | void = () => undefined) =>
      shutdown.register({
        phase,
        name: phase,
        run: async () => {
          await run();
          done.push(phase);
        },
      });
    return { shutdown, done, add };
  }

  it('runs its phases in their order, whatever the order of registration', async () => {
    const { shutdown, done, add } = recorded();
    for (const phase of [...SHUTDOWN_PHASES].reverse()) add(phase);
    await shutdown.run();
    expect(done).toEqual([...SHUTDOWN_PHASES]);
  });

  it('goes on when a step fails', async () => {
    const { shutdown, done, add } = recorded();
    shutdown.register({ phase: 'jobs', name: 'broken', run: () => Promise.reject(new Error('broken')) });
    add('stores');
    await shutdown.run();
    expect(done).toEqual(['stores']);
  });

  it('runs once, and has begun from the first call on', async () => {
    const { shutdown, done, add } = recorded();
    add('http');
    expect(shutdown.begun).toBe(false);
    const first = shutdown.run();
    expect(shutdown.begun).toBe(true);
    await Promise.all([first, shutdown.run()]);
    expect(done).toEqual(['http']);
  });
});
