import { sizeOf } from "../tensor/tensor.js";
import { roundHalfUp } from "../lowering/numbers.js";
import type { Lowering } from "../lowering/lowering.js";
import { MASKED, VANISHING } from "../lowering/masks.js";
import { at, type Operand } from "../lowering/operand.js";
import { bitLength } from "../program/arithmetic.js";
import { flagOf, inputOf, operandOf } from "./attributes.js";
import { alongAxis, axisOf } from "./axes.js";
import { type LoweringInput, type Meaning, type Operator } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";
import { int32s, int32sOf } from "../program/int32.js";
import * as elementary from "../elementary/functions.js";
import { ceilLog2 } from "../elementary/powersOfTwo.js";

/** softmax and its logarithm along `axis`; with `safe`, a row of which nothing is left gives 0 and not NaN. */
function softmaxLike(name: string, finish: (shifted: number, sum: number) => number): Meaning {
  return {
    name,
    infer(inputs, attributes) {
      const x = inputOf(inputs, 0);
      axisOf(attributes, x.shape);
      return [{ dtype: "float", shape: x.shape }];
    },
    evaluate(inputs, attributes) {
      const x = inputOf(inputs, 0);
      const data = new Float64Array(x.data.length);
      const safe = attributes.safe !== undefined && flagOf(attributes, "safe");
      alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size) => {
        const { max, sum } = exponentials(x.data, start, stride, size);
        if (safe && max === -Infinity) return;
        for (let i = 0; i < size; i++) {
          data[start + i * stride] = finish(x.data[start + i * stride] - max, sum);
        }
      });
      return [{ dtype: "float", shape: x.shape, data }];
    },
  };
}

/**
 * Rows along an axis. Elements that a constant mask rules out are left out of their row: those that are, whatever the
 * inputs, so far below another element that their share vanishes. A mask that is computed is not a constant, whatever
 * number it was made with.
 */
function rowsOf(lowering: Lowering, x: Operand, axis: number): { order: Int32Array; lengths: Int32Array } {
  const order: number[] = [];
  const lengths: number[] = [];
  const { lo, hi } = lowering.builder.intervals[x.tensor];
  const reach = (i: number): [lo: number, hi: number] => {
    const ends = [lo[i], hi[i]].map((q) => q * at(x.scale, i) + at(x.offset, i)) as [number, number];
    return [Math.min(...ends), Math.max(...ends)];
  };
  alongAxis(x.shape, axis, (start, stride, size) => {
    const all = Array.from({ length: size }, (_, i) => start + i * stride);
    const sure = all.reduce((most, i) => Math.max(most, reach(i)[0]), -Infinity);
    const row = all.filter((i) => reach(i)[1] > Math.max(sure - VANISHING, -Number.MAX_VALUE));
    if (row.length === 0) throw new OperatorError("a row of it is masked altogether");
    order.push(...row);
    lengths.push(row.length);
  });
  return { order: int32s(order, "an index"), lengths: int32s(lengths, "a length") };
}

/** Shares of exp, by a table of activation bits that reaches to where exp vanishes in the shares. */
const softmax: Operator = {
  ...softmaxLike("softmax", (shifted, sum) => elementary.exp(shifted) / sum),
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const { activationBits } = lowering.bitsOf(site);
    const { order, lengths } = rowsOf(lowering, x, axisOf(attributes, x.shape));
    const rows = lowering.settle(site.name, lowering.view(site, [x], order, [order.length]));

    const greatest = 2 ** activationBits - 1;
    const entries = 2 ** activationBits;
    const reach = elementary.log(2 * greatest);
    const shift = Math.max(0, ceilLog2(reach / entries / rows.scale[0]));
    const step = rows.scale[0] * 2 ** shift;
    const range = site.inputRanges[0];
    const widest = [...range.lo, ...range.hi].reduce(
      (most, v) => (v > MASKED ? Math.max(most, Math.abs(v)) : most),
      0,
    );
    const bits = Math.max(1, ceilLog2(widest / step + 1));
    // Scores that are not shifted are not saturated either: the maximum can bear their further bits for less.
    const highest = 2 ** bits - 1;
    // Where a computed mask puts elements away, they stay so far below the others that the table gives them nothing.
    const hidden = order.some((element) => range.lo[element] < -widest);
    const span = hidden ? 2 ** bitLength(2 ** (bits + 1) + entries - 1) : 2 ** (bits + 1);
    const kept = { lo: highest + 1 - span, hi: highest };
    const scores = shift === 0 ? rows : lowering.shifted(site, rows, int32s([shift], "a shift"), kept);

    const table = int32s(
      Array.from({ length: entries }, (_, i) => roundHalfUp(greatest * elementary.exp(-i * step))),
      "an entry of the table",
    );
    const longest = lengths.reduce((a, b) => Math.max(a, b));
    const numerator = activationBits + bitLength(longest * greatest);
    const shares = lowering.softmax(site, scores, {
      rows: lengths,
      table,
      numerator,
      fraction: activationBits,
    });
    const back = new Int32Array(sizeOf(x.shape)).fill(-1);
    order.forEach((element, i) => (back[element] = i));
    return [lowering.view(site, [shares], back, site.types[0].shape)];
  },
};

/**
 * What the logarithm of Σ e^x needs of each row, by operations that exist: its greatest element, how far each is below
 * that, and the logarithm of the sum of these differences' exponentials.
 */
function logOfSum(input: LoweringInput): LogOfSum {
  const { lowering, site, attributes } = input;
  const x = operandOf(input.inputs, 0);
  const { order, lengths } = rowsOf(lowering, x, axisOf(attributes, x.shape));
  const n = lengths.reduce((a, b) => Math.max(a, b));
  const inner = { ...site, final: false };
  // Only what no mask hides has to be narrow.
  const { lo, hi } = site.inputRanges[0];
  const pick = (all: Float64Array) => Float64Array.from(order, (i) => all[i]);
  const wide = lowering.view(inner, [x], order, [order.length]);
  const rows = lowering.settle(site.name, lowering.narrow(site, wide, { lo: pick(lo), hi: pick(hi) }));
  const starts = Array.from(lengths, (_, row) => lengths.subarray(0, row).reduce((a, b) => a + b, 0));
  const rowOf = starts.flatMap((_, row) => new Array<number>(lengths[row]).fill(row));
  // A row of which a mask leaves less is no longer than the others with its first element again, or with nothing.
  const windows = (absent: (row: number) => number) =>
    int32sOf(starts.length * n, (i) => {
      const [row, k] = [Math.floor(i / n), i % n];
      return k < lengths[row] ? starts[row] + k : absent(row);
    });
  const most = lowering.max(
    inner,
    rows,
    n,
    windows((row) => starts[row]),
    [starts.length, 1],
  );
  const alongRows = (value: Operand) => lowering.view(inner, [value], int32s(rowOf, "a row"), rows.shape);
  const below = lowering.add(inner, rows, lowering.negate(alongRows(most)), rows.shape);
  // What is further below the maximum than this adds nothing that the shares' bits could show.
  const reach = -elementary.log(2 ** (lowering.bitsOf(site).activationBits + 1));
  const range = (lo: number, hi: number) => ({ lo: Float64Array.of(lo), hi: Float64Array.of(hi) });
  const shares = lowering.activate(inner, below, elementary.exp, range(reach, 0), range(0, 1));
  const total = lowering.sum(
    inner,
    shares,
    n,
    windows(() => -1),
    [starts.length, 1],
  );
  return { below, most, log: logarithm(input, total, n), order, alongRows };
}

interface LogOfSum {
  readonly below: Operand;
  readonly most: Operand;
  readonly log: Operand;
  readonly order: Int32Array;
  /** One number per row as often as the row has elements. */
  readonly alongRows: (value: Operand) => Operand;
}

/** How many times as great as the least the greatest sum may be for one table to hold its logarithm. */
const WIDE = 16;

/**
 * The logarithm of sums from 1 to n, around its middle. It is steep where a sum is near 1 and flat far from there: over
 * a wide range two tables, of the sum up to its geometric middle and from there on, are as fine as it takes.
 */
function logarithm({ lowering, site }: LoweringInput, sum: Operand, n: number): Operand {
  const fine = { ...site, final: true };
  const part = (from: number, to: number): Operand => {
    const [lo, hi] = [elementary.log(from), elementary.log(to)];
    const middle = (lo + hi) / 2;
    const range = { lo: Float64Array.of(from), hi: Float64Array.of(to) };
    const values = { lo: Float64Array.of(lo - middle), hi: Float64Array.of(hi - middle) };
    const f = (x: number) => elementary.log(Math.min(Math.max(x, from), to)) - middle;
    return lowering.activate(fine, sum, f, range, values);
  };
  const parts = n > WIDE ? [part(1, Math.sqrt(n)), part(Math.sqrt(n), n)] : [part(1, n)];
  const log = parts.reduce((a, b) => lowering.add(fine, a, b, sum.shape));
  // The middles of two parts, less the logarithm that the parts share, are the middle of the whole.
  return { ...log, offset: Float64Array.of(elementary.log(n) / 2) };
}

/** d - elementary.log(sum of elementary.exp(d)) with d = x - max(x). */
const logSoftmax: Operator = {
  ...softmaxLike("logSoftmax", (shifted, sum) => shifted - elementary.log(sum)),
  scales: "one",
  lower(input) {
    const { lowering, site } = input;
    const { below, log, order, alongRows } = logOfSum(input);
    if (order.length < sizeOf(site.types[0].shape))
      throw new OperatorError("the logarithm of a share that a mask leaves nothing of is infinite");
    const inner = { ...site, final: false };
    const result = lowering.add(inner, below, lowering.negate(alongRows(log)), below.shape);
    const back = new Int32Array(order.length);
    order.forEach((element, i) => (back[element] = i));
    return [lowering.view(site, [result], back, site.types[0].shape)];
  },
};

/** log Σ e^x along `axis`, which keeps size 1. */
const logSumExp: Operator = {
  name: "logSumExp",
  infer(inputs, attributes) {
    const { shape } = inputOf(inputs, 0);
    const axis = axisOf(attributes, shape);
    return [{ dtype: "float", shape: shape.map((size, i) => (i === axis ? 1 : size)) }];
  },
  evaluate(inputs, attributes) {
    const x = inputOf(inputs, 0);
    const type = logSumExp.infer(inputs, attributes)[0];
    const data = new Float64Array(sizeOf(type.shape));
    alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size, line) => {
      const { max, sum } = exponentials(x.data, start, stride, size);
      data[line] = max + elementary.log(sum);
    });
    return [{ ...type, data }];
  },
  scales: "one",
  lower(input) {
    const { lowering, site } = input;
    const { most, log } = logOfSum(input);
    return [lowering.reshape(lowering.add(site, most, log, most.shape), site.types[0].shape)];
  },
};

/** The greatest element of a line, and Σ e^(x - max). */
function exponentials(
  data: Float64Array,
  start: number,
  stride: number,
  size: number,
): { max: number; sum: number } {
  let max = -Infinity;
  for (let i = 0; i < size; i++) max = Math.max(max, data[start + i * stride]);
  let sum = 0;
  for (let i = 0; i < size; i++) sum += elementary.exp(data[start + i * stride] - max);
  return { max, sum };
}

export const softmaxOperators: readonly Operator[] = [softmax, logSoftmax, logSumExp];
