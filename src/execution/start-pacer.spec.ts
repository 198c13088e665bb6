import { eventually } from '../../test/support/eventually.js';
import { StartPacer } from './start-pacer.js';

/** Real: timers. Fake: the time in which the thread had nothing to do. */
function world() {
  const state = { idleMs: 0 };
  const pacer = new StartPacer(() => state.idleMs, 2);
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const run = (name: string) =>
    pacer.run(() => {
      started.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
      });
    });
  return { state, run, started, end: (name: string, error?: Error) => ends.get(name)!(error) };
}

/** Long enough for the pacer to have looked again several times. */
const turns = async () => {
  const from = performance.now();
  await eventually(() => expect(performance.now() - from).toBeGreaterThan(10));
};

describe('StartPacer', () => {
  it('starts at once what comes alone, and returns its result', async () => {
    const { run, started, end } = world();
    const a = run('a');
    expect(started).toEqual(['a']);
    end('a');
    await expect(a).resolves.toBe('a');
  });

  it('starts nothing beside others while the thread has no time to spare', async () => {
    const { run, started, end } = world();
    const [a, b] = [run('a'), run('b')];
    await turns();
    expect(started).toEqual(['a']);
    end('a');
    await a;
    expect(started).toEqual(['a', 'b']);
    end('b');
    await b;
  });

  it('starts the next beside others each time that the thread had time to spare, first come, first served', async () => {
    const { state, run, started, end } = world();
    const all = ['a', 'b', 'c', 'd'].map(run);
    state.idleMs = 2;
    await eventually(() => expect(started).toEqual(['a', 'b']));
    await turns();
    expect(started).toEqual(['a', 'b']);
    state.idleMs = 3.9;
    await turns();
    expect(started).toEqual(['a', 'b']);
    state.idleMs = 4;
    await eventually(() => expect(started).toEqual(['a', 'b', 'c']));
    for (const name of ['a', 'b', 'c']) end(name);
    await eventually(() => expect(started).toEqual(['a', 'b', 'c', 'd']));
    end('d');
    await Promise.all(all);
  });

  it('lets nothing that comes later pass what waits', async () => {
    const { state, run, started, end } = world();
    const [a, b] = [run('a'), run('b')];
    state.idleMs = 2;
    const c = run('c');
    await eventually(() => expect(started).toEqual(['a', 'b']));
    for (const name of ['a', 'b']) end(name);
    await eventually(() => expect(started).toEqual(['a', 'b', 'c']));
    end('c');
    await Promise.all([a, b, c]);
  });

  it('goes on after work that failed', async () => {
    const { run, started, end } = world();
    const [a, b] = [run('a'), run('b')];
    end('a', new Error('no'));
    await expect(a).rejects.toThrow('no');
    expect(started).toEqual(['a', 'b']);
    end('b');
    await b;
  });
});
