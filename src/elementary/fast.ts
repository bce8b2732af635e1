import * as fixed from "./fixedPoint.js";
import { fastTwoSum, product, quotient, sum, twoProduct, twoSum, type DoubleDouble } from "./doubleDouble.js";
import { floorLog2 } from "./powersOfTwo.js";
import { toDouble, toFixedPoint } from "./rounding.js";

/**
 * exp, log and what is made of them as sums of two doubles, some hundred times as fast as on integers. Each is off by
 * less than 2^-64 of its value, so that {@link rounded} nearly always knows the nearest double.
 */
const ERROR = 2 ** -64;

/** The nearest double, if it is the same for all numbers this near; undefined where the next digits decide. */
export function rounded({ hi, lo }: DoubleDouble): number | undefined {
  const error = Math.abs(hi) * ERROR;
  const least = hi + (lo - error);
  return least === hi + (lo + error) ? least : undefined;
}

/** Fraction bits of the constants. */
const BITS = 200;

function toDoubleDouble(value: bigint): DoubleDouble {
  const hi = toDouble(value, -BITS);
  return { hi, lo: toDouble(value - toFixedPoint(hi, BITS), -BITS) };
}

/** So many steps of exp's table double, and so many steps of log's table are from 1 to 2. */
const STEPS = 64;

const UNIT = fixed.log2(BITS) / BigInt(STEPS);
/** log 2 / 64 in three parts, of which the first two have 35 bits: multiples by whole numbers of 17 bits are exact. */
const [UNIT_1, UNIT_2, UNIT_3] = ((): [number, number, number] => {
  const cut = (value: bigint, place: bigint) => (value >> (BigInt(BITS) - place)) << (BigInt(BITS) - place);
  const first = cut(UNIT, 41n);
  const second = cut(UNIT - first, 76n);
  return [toDouble(first, -BITS), toDouble(second, -BITS), toDouble(UNIT - first - second, -BITS)];
})();
const STEPS_PER_E = 1 / toDouble(UNIT, -BITS);

/** 2^(i / 64). */
const POWERS = Array.from({ length: STEPS }, (_, i) =>
  toDoubleDouble(fixed.exp(BigInt(i) * UNIT, BITS).significand),
);

/** log 2, and log(i / 64) for the i that {@link log} takes. */
const LOG_2 = toDoubleDouble(fixed.log2(BITS));
const LOGS = Array.from({ length: 2 * STEPS }, (_, i) =>
  i === STEPS || i === 0
    ? { hi: 0, lo: 0 }
    : toDoubleDouble(fixed.log((BigInt(i) << BigInt(BITS)) / BigInt(STEPS), BITS)),
);

/** x less the nearest multiple of log 2 / 64, and that multiple. */
function reduced(x: number): { readonly steps: number; readonly rest: DoubleDouble } {
  const steps = Math.round(x * STEPS_PER_E);
  const first = twoSum(x, -steps * UNIT_1);
  const second = twoSum(first.hi, -steps * UNIT_2);
  return { steps, rest: fastTwoSum(second.hi, second.lo + (first.lo - steps * UNIT_3)) };
}

/** e^r - 1 for |r| <= log 2 / 128: all but the first two terms need no second double. */
function seriesOfExp(r: DoubleDouble): DoubleDouble {
  const x = r.hi;
  const { hi, lo } = twoProduct(x, x);
  const half = { hi: hi / 2, lo: lo / 2 + x * r.lo };
  const tail =
    x * hi * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x * (1 / 5040 + x * (1 / 40320))))));
  return sum(r, sum(half, { hi: tail, lo: 0 }));
}

/** e^x, |x| <= 700. */
export function exp(x: number): DoubleDouble {
  const { steps, rest } = reduced(x);
  const exponent = Math.floor(steps / STEPS);
  const power = POWERS[steps - exponent * STEPS];
  const { hi, lo } = sum(power, product(power, seriesOfExp(rest)));
  const scale = 2 ** exponent;
  return { hi: hi * scale, lo: lo * scale };
}

/** e^x - 1, 2^-60 <= |x| <= 700. */
export function expm1(x: number): DoubleDouble {
  const { steps, rest } = reduced(x);
  if (steps === 0) return seriesOfExp(rest);
  return sum(exp(x), { hi: -1, lo: 0 });
}

/** tanh x, 2^-30 <= |x| <= 20. */
export function tanh(x: number): DoubleDouble {
  const power = expm1(2 * Math.abs(x));
  const { hi, lo } = quotient(power, sum(power, { hi: 2, lo: 0 }));
  return x < 0 ? { hi: -hi, lo: -lo } : { hi, lo };
}

/** log(x + rest), for a normal x and a rest below its last place. */
export function log(x: number, rest = 0): DoubleDouble {
  let exponent = floorLog2(x);
  if (x / 2 ** exponent > Math.SQRT2) exponent++;
  const scale = 2 ** -exponent;
  const [m, lower] = [x * scale, rest * scale];
  const step = Math.round(m * STEPS);
  const near = step / STEPS;
  // log m = log near + 2 atanh((m - near) / (m + near))
  const { hi, lo } = twoSum(m, near);
  const z = quotient(twoSum(m - near, lower), fastTwoSum(hi, lo + lower));
  const square = z.hi * z.hi;
  const tail =
    2 * z.hi * square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square * (1 / 11)))));
  const small = sum({ hi: 2 * z.hi, lo: 2 * z.lo }, { hi: tail, lo: 0 });
  const own = step === STEPS ? small : sum(LOGS[step], small);
  if (exponent === 0) return own;
  return sum(product(LOG_2, { hi: exponent, lo: 0 }), own);
}
