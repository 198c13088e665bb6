import { sideBySide } from './side-by-side.js';

/** Real: everything. The work ends when the test says so. */
function world(items: readonly string[], goesOn?: () => boolean) {
  const begun: string[] = [];
  const ends = new Map<string, (fault?: Error) => void>();
  const work = (item: string) => {
    begun.push(item);
    return new Promise<void>((resolve, reject) =>
      ends.set(item, (fault) => (fault === undefined ? resolve() : reject(fault))),
    );
  };
  const all = sideBySide(items, { limit: 2, ...(goesOn && { goesOn }) }, work);
  const end = async (item: string, fault?: Error) => {
    ends.get(item)!(fault);
    await new Promise(setImmediate);
  };
  return { all, begun, end };
}

describe('work side by side', () => {
  it('is begun in order, as much at once as is allowed, and over when every piece is', async () => {
    const { all, begun, end } = world(['a', 'b', 'c']);
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('c');
    await end('a');
    await all;
  });

  it('is over at once when there is none', async () => {
    await world([]).all;
  });

  it('is not begun any more once it is told to stop, and what was begun ends', async () => {
    let goesOn = true;
    const { all, begun, end } = world(['a', 'b', 'c'], () => goesOn);
    goesOn = false;
    await end('a');
    await end('b');
    await all;
    expect(begun).toEqual(['a', 'b']);
  });

  it('is not begun any more once a piece failed, whose fault is thrown when the others are over', async () => {
    const { all, begun, end } = world(['a', 'b', 'c']);
    let isOver = false;
    const thrown = expect(all.finally(() => (isOver = true))).rejects.toThrow('no');
    await end('a', new Error('no'));
    expect(isOver).toBe(false);
    await end('b');
    await thrown;
    expect(begun).toEqual(['a', 'b']);
  });
});
