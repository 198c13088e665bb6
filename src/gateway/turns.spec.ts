import { Turns } from './turns.js';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('Turns', () => {
  it('never lets more run than its limit, and lets them run in the order they came', async () => {
    const turns = new Turns(2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const works = [0, 1, 2, 3].map(async (i) =>
      turns.take(async () => {
        started.push(i);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await settle();
    expect(started).toEqual([0, 1]);
    ends[1]!();
    await settle();
    expect(started).toEqual([0, 1, 2]);
    ends[0]!();
    await settle();
    expect(started).toEqual([0, 1, 2, 3]);
    for (const end of ends) end();
    await Promise.all(works);
  });

  it('gives a turn on when work fails', async () => {
    const turns = new Turns(1);
    await expect(turns.take(async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await expect(turns.take(async () => Promise.resolve('done'))).resolves.toBe('done');
  });
});
