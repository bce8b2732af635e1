import { sizeOf } from "../../graph/tensor.js";
import type { Attributes, Shape } from "../../graph/types.js";
import { averageDivisors } from "../../operators/pooling.js";
import { OperatorError } from "../../operators/operator.js";
import { windowOf, windowPositions, windowTable } from "../../operators/window.js";
import { alongAxis, axisOf } from "../../operators/reduction.js";
import { at, compact } from "../operand.js";
import { operandOf, type LoweringRule, type RuleInput } from "./rule.js";

/** For each output of a reduction over axes, the elements that it is of, all of the same number. */
function groupsOf({ site, attributes, inputs }: RuleInput): Int32Array {
  const { shape } = operandOf(inputs, 0);
  const size = sizeOf(shape);
  const count = sizeOf(site.types[0].shape);
  const taps = size / count;
  const axes = new Set(
    (attributes.axes as readonly number[]).map((axis) => (axis + shape.length) % shape.length),
  );
  const kept = shape.map((n, axis) => (axes.has(axis) ? 1 : n));
  const next = new Int32Array(count);
  const index = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    let output = 0;
    let rest = i;
    let stride = size;
    for (let axis = 0; axis < shape.length; axis++) {
      stride /= shape[axis]!;
      const coordinate = Math.floor(rest / stride);
      rest %= stride;
      output = output * kept[axis]! + (axes.has(axis) ? 0 : coordinate);
    }
    index[output * taps + next[output]++] = i;
  }
  return index;
}

/** Sums are exact: weights of 1, and a mean's divisor goes into the scale. */
function sumOver(mean: boolean): LoweringRule {
  return {
    scales: "one",
    lower(input) {
      const { lowering, site, inputs } = input;
      const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
      const index = groupsOf(input);
      const shape = site.types[0].shape;
      const taps = index.length / sizeOf(shape);
      const sum = lowering.sum(site, x, taps, index, shape);
      const divisor = mean ? taps : 1;
      return [
        { ...sum, scale: sum.scale.map((s) => s / divisor), offset: sum.offset.map((o) => o / divisor) },
      ];
    },
  };
}

/** An average is a sum whose divisor goes into the scale; at the edges it may be another. */
const avgPool: LoweringRule = {
  scales: "as consumer",
  lower({ lowering, site, inputs, attributes }) {
    const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
    const spatial = x.shape.slice(2);
    const window = windowOf(attributes, attributes.kernel as readonly number[], spatial.length);
    const positions = windowPositions(spatial, window);
    const table = windowTable(spatial, window, positions);
    const divisors = averageDivisors({ window, spatial, positions, table }, attributes);
    const taps = sizeOf(window.kernel);
    const [count, area, planes] = [sizeOf(positions), sizeOf(spatial), x.shape[0]! * x.shape[1]!];
    const index = Int32Array.from({ length: planes * table.length }, (_, i) => {
      const cell = table[i % table.length]!;
      return cell < 0 ? -1 : Math.floor(i / table.length) * area + cell;
    });
    if (site.uniform && divisors.some((d) => d !== divisors[0])) {
      throw new OperatorError(
        "windows that average different numbers of elements need ceil_mode=False or padding=0",
      );
    }
    const sum = lowering.sum(site, x, taps, index, site.types[0].shape);
    const scale = compact(
      Float64Array.from({ length: planes * count }, (_, i) => at(sum.scale, i) / divisors[i % count]!),
    );
    return [{ ...sum, scale, blocks: scale.length === 1 ? sum.blocks : sizeOf(sum.shape) }];
  },
};

function maximumOver(sign: 1 | -1): LoweringRule {
  return {
    scales: "one",
    lower(input) {
      const { lowering, site, inputs } = input;
      const x = operandOf(inputs, 0);
      const index = groupsOf(input);
      const shape = site.types[0].shape;
      const most = lowering.max(
        site,
        sign < 0 ? lowering.negate(x) : x,
        index.length / sizeOf(shape),
        index,
        shape,
      );
      return [sign < 0 ? lowering.negate(most) : most];
    },
  };
}

/** The windows of a max pooling. Padding never wins a maximum, so a padded place repeats another of its window. */
export function poolingWindows(shape: Shape, attributes: Attributes): { window: number; index: Int32Array } {
  const spatial = shape.slice(2);
  const kernel = attributes.kernel as readonly number[];
  const window = windowOf(attributes, kernel, spatial.length);
  const positions = windowPositions(spatial, window);
  const cells = windowTable(spatial, window, positions);
  const width = sizeOf(kernel);
  const [count, area] = [sizeOf(positions), sizeOf(spatial)];
  const index = Int32Array.from({ length: shape[0]! * shape[1]! * count * width }, (_, i) => {
    const plane = Math.floor(i / (count * width));
    const first = (Math.floor(i / width) % count) * width;
    const own = cells.subarray(first, first + width);
    const cell = own[i % width]!;
    return plane * area + (cell >= 0 ? cell : own.find((other) => other >= 0)!);
  });
  return { window: width, index };
}

const maxPool: LoweringRule = {
  scales: "as consumer",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const { window, index } = poolingWindows(x.shape, attributes);
    return [lowering.max(site, x, window, index, site.types[0].shape)];
  },
};

/** The lowest index of the greatest element along an axis: integers without a scale. */
const argMax: LoweringRule = {
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const order: number[] = [];
    alongAxis(x.shape, axisOf(attributes, x.shape), (start, stride, size) => {
      for (let i = 0; i < size; i++) order.push(start + i * stride);
    });
    const classes = order.length / sizeOf(site.types[0].shape);
    const rows = lowering.view(site, [x], Int32Array.from(order), x.shape);
    return [lowering.argmax(site, rows, classes, site.types[0].shape)];
  },
};

/** Running sums: each element sums all before it along the axis, and itself. */
const cumSum: LoweringRule = {
  scales: "one",
  lower({ lowering, site, inputs, attributes }) {
    const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
    const axis = axisOf(attributes, x.shape);
    const taps = x.shape[axis] ?? 1;
    const index = new Int32Array(sizeOf(x.shape) * taps).fill(-1);
    alongAxis(x.shape, axis, (start, stride, size) => {
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++) index[(start + i * stride) * taps + j] = start + j * stride;
    });
    return [lowering.sum(site, x, taps, index, x.shape)];
  },
};

export const reductionRules: readonly (readonly [string, LoweringRule])[] = [
  ["sum", sumOver(false)],
  ["mean", sumOver(true)],
  ["avgPool", avgPool],
  ["max", maximumOver(1)],
  ["min", maximumOver(-1)],
  ["maxPool", maxPool],
  ["argMax", argMax],
  ["cumSum", cumSum],
];
