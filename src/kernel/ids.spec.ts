import { version } from 'uuid';
import { asOrderId, newOrderId } from './ids.js';

describe('order ids', () => {
  const ids = Array.from({ length: 5_000 }, () => newOrderId());

  it('are UUIDs of version 7 that tell the time', () => {
    expect(version(ids[0]!)).toBe(7);
    const at = parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
  });

  it('rise, those of one millisecond too', () => {
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('can not be guessed from one another', () => {
    const tails = new Set(ids.map((id) => id.slice(-12)));
    expect(tails.size).toBe(ids.length);
  });

  it('are read in any case, and as nothing else', () => {
    expect(asOrderId(ids[0]!.toUpperCase())).toBe(ids[0]);
    for (const text of ['', 'x', `${ids[0]} `, ids[0]!.slice(1)]) expect(asOrderId(text)).toBeNull();
  });
});
