import { type Health, HealthProbe } from './health-probe.js';
import { HealthProbes } from './health-probes.js';

class FakeProbe extends HealthProbe {
  constructor(
    readonly name: string,
    private readonly answer: () => Promise<Health>,
  ) {
    super();
  }

  check(): Promise<Health> {
    return this.answer();
  }
}

describe('the registry of health probes', () => {
  it('asks every probe and reports what each said', async () => {
    const probes = new HealthProbes();
    probes.register(new FakeProbe('one', () => Promise.resolve({ up: true })));
    probes.register(new FakeProbe('two', () => Promise.resolve({ up: false, detail: 'asleep' })));

    expect(probes.names).toEqual(['one', 'two']);
    expect(Object.fromEntries(await probes.check())).toEqual({
      one: { up: true },
      two: { up: false, detail: 'asleep' },
    });
  });

  it('reports a probe that throws as down', async () => {
    const probes = new HealthProbes();
    probes.register(new FakeProbe('broken', () => Promise.reject(new Error('no route'))));

    expect((await probes.check()).get('broken')).toEqual({ up: false, detail: 'no route' });
  });

  it('does not wait longer than a second for a probe', async () => {
    jest.useFakeTimers();
    try {
      const probes = new HealthProbes();
      probes.register(new FakeProbe('hanging', () => new Promise(() => undefined)));

      const answer = probes.check();
      await jest.advanceTimersByTimeAsync(1_000);

      expect((await answer).get('hanging')).toMatchObject({ up: false });
    } finally {
      jest.useRealTimers();
    }
  });

  it('refuses a second probe of the same name', () => {
    const probes = new HealthProbes();
    probes.register(new FakeProbe('one', () => Promise.resolve({ up: true })));

    expect(() => probes.register(new FakeProbe('one', () => Promise.resolve({ up: true })))).toThrow('one');
  });
});
