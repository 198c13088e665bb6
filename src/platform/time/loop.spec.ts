import { Loop } from './loop.js';

const PAUSE_MS = 60_000;

/** Fake: timers. */
describe('a loop', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('goes on round after round, with a pause after each, also after one that threw', async () => {
    const complaints: unknown[] = [];
    const work = jest.fn<Promise<void>, []>().mockResolvedValue().mockRejectedValueOnce(new Error('no'));
    const loop = new Loop(work, { pauseMs: PAUSE_MS, complain: (error) => complaints.push(error) });
    loop.start();
    await jest.advanceTimersByTimeAsync(PAUSE_MS - 1);
    expect(work).toHaveBeenCalledTimes(1);
    expect(complaints).toEqual([new Error('no')]);
    await jest.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    await loop.stop();
    await jest.advanceTimersByTimeAsync(PAUSE_MS);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is stopped once the round under way is over', async () => {
    let end: () => void = () => undefined;
    const loop = new Loop(() => new Promise((resolve) => (end = resolve)), { pauseMs: PAUSE_MS, complain: fail });
    loop.start();
    let isOver = false;
    const stopped = loop.stop().then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(500);
    expect({ isStopped: loop.isStopped, isOver }).toEqual({ isStopped: true, isOver: false });
    end();
    await stopped;
  });

  it('keeps whoever stops it waiting for a second at most', async () => {
    const loop = new Loop(() => new Promise(() => undefined), { pauseMs: PAUSE_MS, complain: fail });
    loop.start();
    const stopped = loop.stop();
    await jest.advanceTimersByTimeAsync(1_000);
    await stopped;
  });

  it('can be stopped before it was started', async () => {
    await new Loop(fail, { pauseMs: PAUSE_MS, complain: fail }).stop();
  });
});

function fail(): never {
  throw new Error('nobody expected this');
}
