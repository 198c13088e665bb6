import { Availability } from './availability.js';

describe('availability', () => {
  function observe() {
    const lines: string[] = [];
    const note = (line: string) => void lines.push(line);
    return { lines, availability: new Availability('the store', { warn: note, log: note }) };
  }

  it('is up until told otherwise', () => {
    const { lines, availability } = observe();

    availability.up();

    expect(availability.health).toEqual({ up: true });
    expect(lines).toEqual([]);
  });

  it('logs an outage and its end once each, however often they are reported', () => {
    const { lines, availability } = observe();

    for (let attempt = 0; attempt < 3; attempt++) availability.down(new Error('refused'));
    for (let attempt = 0; attempt < 3; attempt++) availability.up();

    expect(lines).toEqual(['the store is not available: refused', 'the store is available again']);
  });

  it('names an error without a message by its code', () => {
    const { availability } = observe();

    availability.down(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));

    expect(availability.health).toEqual({ up: false, detail: 'ECONNREFUSED' });
  });
});
