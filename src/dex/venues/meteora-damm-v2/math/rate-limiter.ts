import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { divCeil, isqrt, minBigInt, mulDivCeil, U64_MAX } from '../../../../kernel/math.js';
import type { BaseFee } from '../layout.js';

type RateLimiter = Extract<BaseFee, { kind: 'rate-limiter' }>;

const DENOMINATOR = 1_000_000_000n;

/** The limiter in numerators: every further `reference` of a swap pays `increment` more, up to `maximum`. */
interface Ladder {
  readonly cliff: bigint;
  readonly increment: bigint;
  readonly maximum: bigint;
  readonly reference: bigint;
  /** Steps before the maximum is reached. */
  readonly steps: bigint;
}

/** null for parameters that the program could not divide by. */
function ladderOf(fee: RateLimiter): Ladder | null {
  const increment = numeratorOfBps(fee.incrementBps);
  const maximum = numeratorOfBps(fee.maximumBps);
  if (increment === 0n || fee.referenceAmount === 0n || maximum < fee.cliff || maximum >= DENOMINATOR) return null;
  return {
    cliff: fee.cliff,
    increment,
    maximum,
    reference: fee.referenceAmount,
    steps: (maximum - fee.cliff) / increment,
  };
}

function numeratorOfBps(bps: number): bigint {
  return (BigInt(bps) * DENOMINATOR) / BPS_DENOMINATOR;
}

/** The numerator for an input that has the fee inside it. null where the program would fail. */
export function limiterNumeratorForGross(fee: RateLimiter, gross: bigint): bigint | null {
  const ladder = ladderOf(fee);
  return ladder === null || gross <= 0n ? null : numeratorForGross(ladder, gross);
}

/** The numerator for an input net of the fee: the ladder is inverted. null where the program would fail. */
export function limiterNumeratorForNet(fee: RateLimiter, net: bigint): bigint | null {
  const ladder = ladderOf(fee);
  if (ladder === null || net <= 0n) return null;
  if (net <= withoutFee(ladder, ladder.reference)) return ladder.cliff;
  const top = topOf(ladder);
  const netAtTop = withoutFee(ladder, top);
  // Not the same as inverting: the inverse rounds up once more.
  if (net === netAtTop) return numeratorForGross(ladder, top);
  const gross = net < netAtTop ? grossBelowTop(ladder, net) : grossAboveTop(ladder, net - netAtTop);
  if (gross === null || gross > U64_MAX) return null;
  const numerator = mulDivCeil(gross - net, DENOMINATOR, gross);
  return numerator < ladder.cliff ? null : numerator;
}

/** The input at which the fee stops climbing, or the largest there is. */
function topOf({ steps, reference }: Ladder): bigint {
  return minBigInt((steps + 1n) * reference, U64_MAX);
}

/** The average of the ladder's rungs over the amount; the fee and then the rate round up. */
function numeratorForGross(ladder: Ladder, gross: bigint): bigint {
  const { cliff, increment, maximum, reference, steps } = ladder;
  if (gross <= reference) return cliff;
  const full = (gross - reference) / reference;
  const rest = (gross - reference) % reference;
  const weighed =
    full < steps
      ? reference * rungSum(ladder, full) + rest * (cliff + increment * (full + 1n))
      : reference * rungSum(ladder, steps) + ((full - steps) * reference + rest) * maximum;
  return mulDivCeil(divCeil(weighed, DENOMINATOR), DENOMINATOR, gross);
}

/** Sum of the numerators of the first rung and `count` more. */
function rungSum({ cliff, increment }: Ladder, count: bigint): bigint {
  return cliff + cliff * count + (increment * count * (count + 1n)) / 2n;
}

function withoutFee(ladder: Ladder, gross: bigint): bigint {
  return gross - mulDivCeil(gross, numeratorForGross(ladder, gross), DENOMINATOR);
}

/** Whatever lies above the top pays the maximum. */
function grossAboveTop(ladder: Ladder, netAboveTop: bigint): bigint | null {
  const top = (ladder.steps + 1n) * ladder.reference;
  if (top > U64_MAX) return null;
  return top + mulDivCeil(netAboveTop, DENOMINATOR, DENOMINATOR - ladder.maximum);
}

/** Solves the ladder's quadratic for whole rungs, then adds what is left at the next rung's rate. */
function grossBelowTop(ladder: Ladder, net: bigint): bigint | null {
  const { cliff, increment, reference } = ladder;
  const y = 2n * DENOMINATOR * reference + increment * reference - 2n * cliff * reference;
  const z = 2n * net * DENOMINATOR * reference;
  const discriminant = y * y - 4n * increment * z;
  if (discriminant < 0n) return null;
  const whole = (y - isqrt(discriminant)) / (2n * increment);
  if (whole <= 0n) return null;
  const rest = net - withoutFee(ladder, whole);
  const rate = DENOMINATOR - (cliff + increment * (whole / reference));
  return rest < 0n || rate <= 0n ? null : whole + mulDivCeil(rest, DENOMINATOR, rate);
}
