import fc from 'fast-check';
import { divCeil, divFloorSigned, isqrt, mulDivCeil, mulDivFloor, U128_MAX, U64_MAX } from './math.js';

const u128 = fc.bigInt({ min: 0n, max: U128_MAX });
const positive = fc.bigInt({ min: 1n, max: U128_MAX });

describe('integer division', () => {
  it('brackets the exact quotient between floor and ceiling', () => {
    fc.assert(
      fc.property(u128, u128, positive, (a, b, denominator) => {
        const floor = mulDivFloor(a, b, denominator);
        const ceil = mulDivCeil(a, b, denominator);
        expect(floor * denominator <= a * b).toBe(true);
        expect(ceil * denominator >= a * b).toBe(true);
        expect(ceil - floor).toBe((a * b) % denominator === 0n ? 0n : 1n);
      }),
    );
  });

  it('rounds up at the boundaries of u64', () => {
    expect(divCeil(0n, U64_MAX)).toBe(0n);
    expect(divCeil(1n, U64_MAX)).toBe(1n);
    expect(divCeil(U64_MAX, U64_MAX)).toBe(1n);
    expect(divCeil(U64_MAX + 1n, U64_MAX)).toBe(2n);
  });

  it('floors negative numbers away from zero', () => {
    expect(divFloorSigned(-1n, 70n)).toBe(-1n);
    expect(divFloorSigned(-70n, 70n)).toBe(-1n);
    expect(divFloorSigned(-71n, 70n)).toBe(-2n);
    expect(divFloorSigned(69n, 70n)).toBe(0n);
  });
});

describe('isqrt', () => {
  it('is the largest integer whose square does not exceed the value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: U128_MAX * U128_MAX }), (value) => {
        const root = isqrt(value);
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
      }),
    );
  });

  it('refuses a negative value', () => {
    expect(() => isqrt(-1n)).toThrow(RangeError);
  });
});
