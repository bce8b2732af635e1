import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as elementary from "../../src/elementary/functions.js";
import * as fast from "../../src/elementary/fast.js";
import type { DoubleDouble } from "../../src/elementary/doubleDouble.js";
import * as fixed from "../../src/elementary/fixedPoint.js";
import { bitLengthOf, nearestDouble, toDouble, toFixedPoint } from "../../src/elementary/rounding.js";

type Curve = (...x: number[]) => number;
const functions = elementary as unknown as Readonly<Record<string, Curve>>;

/** Arguments and the nearest doubles to their values, by mpmath at 3,000 bits. */
const known = JSON.parse(readFileSync(new URL("values.json", import.meta.url), "utf8")) as Record<
  string,
  number[][]
>;

/** Numbers of an interval, the same in every run. */
function spread(count: number, lo: number, hi: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const share = (Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32;
    return lo + (hi - lo) * (share + i * 2 ** -50);
  });
}

/** The double after a positive one. */
function next(x: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0);
}

const BITS = 240;

/** How far a sum of two doubles is from what integers give, as a share of it. */
function errorOf({ hi, lo }: DoubleDouble, exact: bigint): number {
  const difference = toFixedPoint(hi, BITS) + toFixedPoint(lo, BITS) - exact;
  return Math.abs(toDouble(difference, 0) / toDouble(exact, 0));
}

function expOf(x: number): bigint {
  const { significand, exponent } = fixed.exp(toFixedPoint(x, BITS), BITS);
  return fixed.shifted(significand, exponent);
}

const ONE = 1n << BigInt(BITS);

describe("elementary functions", () => {
  for (const [name, rows] of Object.entries(known))
    it(`${name} gives the nearest double`, () => {
      for (const row of rows) {
        const [value, ...given] = row.toReversed();
        const found = functions[name](...given.toReversed());
        expect(found, `${name}(${row.slice(0, -1).join(", ")})`).to.equal(value);
      }
    });

  it("special values are those of IEEE 754", () => {
    const all = Object.keys(known).filter((name) => name !== "pow");
    for (const name of all)
      for (const x of [0, -0, 1, -1, Infinity, -Infinity, NaN, 2, -2, 1e308, -1e308, 5e-324, -5e-324]) {
        const [found, meant] = [functions[name](x), (Math as unknown as Record<string, Curve>)[name](x)];
        const exact = meant === 0 || !Number.isFinite(meant) || Number.isInteger(meant);
        if (exact) expect(Object.is(found, meant), `${name}(${x}): ${found}, not ${meant}`).to.equal(true);
      }
    const numbers = [0, -0, 1, -1, Infinity, -Infinity, NaN, 3, -3, 0.5, -0.5, 17, -17, 1e300, -1e300];
    for (const x of numbers)
      for (const y of numbers) {
        const [found, meant] = [elementary.pow(x, y), x ** y];
        const exact = meant === 0 || !Number.isFinite(meant) || Number.isInteger(meant);
        if (exact) expect(Object.is(found, meant), `${x} ** ${y}: ${found}, not ${meant}`).to.equal(true);
      }
  });

  it("results beyond all doubles, and below", () => {
    expect(elementary.exp(709.782712893384)).to.be.below(Infinity);
    expect(elementary.exp(709.7827128933841)).to.equal(Infinity);
    expect(elementary.exp(-745.1332191019411)).to.equal(5e-324);
    expect(elementary.exp(-745.1332191019412)).to.equal(0);
    expect(elementary.sinh(-710.4758600739439)).to.be.above(-Infinity);
    expect(elementary.sinh(-710.475860073944)).to.equal(-Infinity);
    expect(elementary.pow(2, 1023.9999999999999)).to.be.below(Infinity);
    expect(elementary.pow(0.1, 400.5)).to.equal(0);
    expect(elementary.pow(-10, 309)).to.equal(-Infinity);
  });

  it("sums of two doubles are within 2^-64 of what integers give", () => {
    const worst = (xs: readonly number[], quick: (x: number) => DoubleDouble, exact: (x: number) => bigint) =>
      xs.reduce((most, x) => Math.max(most, errorOf(quick(x), exact(x))), 0);
    const bound = 2 ** -64;
    const near = [
      ...spread(400, -0.01, 0.01),
      ...spread(400, -3, 3),
      2 ** -40,
      -(2 ** -33),
      0.00541,
      -0.00542,
    ];
    expect(worst([...near, ...spread(400, -60, 60)], fast.exp, expOf)).to.be.below(bound);
    expect(worst([...near, ...spread(400, -36, 60)], fast.expm1, (x) => expOf(x) - ONE)).to.be.below(bound);
    const tanh = (x: number) => ((expOf(2 * x) - ONE) << BigInt(BITS)) / (expOf(2 * x) + ONE);
    expect(worst([...near, ...spread(400, -19, 19)], fast.tanh, tanh)).to.be.below(bound);
    const positive = [...spread(800, 0.5, 2), ...spread(400, 0.99, 1.01), ...spread(400, 0, 1e6)];
    expect(worst(positive, fast.log, (x) => fixed.logOfDouble(x, BITS))).to.be.below(bound);
    const log1p = (x: number) => {
      const sum = 1 + x;
      return fast.log(sum, Math.abs(x) < 1 ? x - (sum - 1) : 1 - (sum - x));
    };
    const above = (x: number) => fixed.log(ONE + toFixedPoint(x, BITS), BITS);
    expect(worst([...near.filter((x) => x > -1), ...spread(400, -0.9, 9)], log1p, above)).to.be.below(bound);
  });

  it("what the digits after the next decide is left to integers", () => {
    expect(fast.rounded({ hi: 1, lo: 2 ** -53 })).to.equal(undefined);
    expect(fast.rounded({ hi: 1, lo: 2 ** -53 + 2 ** -63 })).to.equal(1 + 2 ** -52);
    expect(fast.rounded({ hi: 1, lo: 2 ** -53 - 2 ** -63 })).to.equal(1);
    const tie = (bits: number) => ({ value: (1n << BigInt(bits)) + (1n << BigInt(bits - 53)), error: 99n });
    expect(nearestDouble((bits) => ({ ...tie(bits), exponent: -bits }))).to.equal(1);
  });

  it("greater arguments never give less", () => {
    for (const name of ["exp", "expm1", "log", "log1p", "tanh", "sinh", "atan", "asinh"])
      for (const x of [...spread(20, 0.001, 0.02), ...spread(40, 0.02, 15)]) {
        const steps = [x, next(x), next(next(x)), next(next(next(x)))].map((at) => functions[name](at));
        const sorted = [...steps].sort((a, b) => a - b);
        expect(steps, `${name} from ${x} on`).to.deep.equal(sorted);
      }
  });

  it("whole powers up to 16 are products", () => {
    for (const x of spread(50, -4, 4)) {
      expect(elementary.pow(x, 3)).to.equal(x * x * x);
      expect(elementary.pow(x, -2)).to.equal(1 / (x * x));
    }
  });

  it("an integer times a power of two is rounded to even, and by the least double", () => {
    expect(toDouble(2n ** 53n + 1n, 0)).to.equal(2 ** 53);
    expect(toDouble(2n ** 53n + 3n, 0)).to.equal(2 ** 53 + 4);
    expect(toDouble(-3n, -1075)).to.equal(-1e-323);
    expect(toDouble(1n, -1075)).to.equal(0);
    expect(toDouble(3n, -1076)).to.equal(5e-324);
    expect(toDouble(1n, 1024)).to.equal(Infinity);
    expect(toDouble(1n << 1100n, -1100)).to.equal(1);
    expect(bitLengthOf(-255n)).to.equal(8);
  });
});
