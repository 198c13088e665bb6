import { powQ64 } from './q64.js';

/** Pure arithmetic: nothing is fake. */
const ONE = 1n << 64n;

describe('powers in Q64.64', () => {
  it('are exact for powers of two and the reciprocal for negative exponents', () => {
    expect(powQ64(ONE / 2n, 3)).toBe(ONE / 8n);
    expect(powQ64(ONE / 2n, 0)).toBe(ONE);
    expect(powQ64(ONE / 2n, -3)).toBe(((1n << 128n) - 1n) / (ONE / 8n));
    expect(powQ64(0n, 1)).toBeNull();
    expect(powQ64(ONE / 2n, 0x80000)).toBeNull();
    expect(powQ64(ONE / 2n, 64)).toBe(1n);
    expect(powQ64(ONE / 2n, 65)).toBeNull();
  });
});
