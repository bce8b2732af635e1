import { formatShape, sizeOf } from "../tensor/tensor.js";
import type { Attributes, Meaning, Operator } from "./operator.js";
import type { Shape, Tensor, TensorType } from "../tensor/types.js";
import { at, compact } from "../lowering/operand.js";
import { expect, flagOf, inputOf, intOf, intsOf, operandOf } from "./attributes.js";
import { windowOf, windowPositions, windowTable, windowTableOf, type Window } from "./window.js";
import { int32sOf } from "../program/int32.js";

/**
 * Pooling over x [N, C, spatial…]. Attributes: kernel, stride, dilation (one a spatial axis), padding (begins,
 * then ends), ceil. avgPool has also countIncludePad and divisor (0: the number of elements).
 */
function pooling(name: string, reduce: (x: Tensor, plan: PoolPlan, attributes: Attributes) => void): Meaning {
  const infer: Meaning["infer"] = (inputs, attributes) => {
    const { x, window } = poolGeometry(inputs, attributes);
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...windowPositions(x.shape.slice(2), window)] },
    ];
  };
  return {
    name,
    infer,
    evaluate(inputs, attributes) {
      const type = infer(inputs, attributes)[0];
      const { window } = poolGeometry(inputs, attributes);
      const x = inputOf(inputs, 0);
      const spatial = x.shape.slice(2);
      const positions = type.shape.slice(2);
      const data = new Float64Array(sizeOf(type.shape));
      reduce(
        x,
        { window, spatial, positions, table: windowTableOf(attributes, spatial, window, positions), data },
        attributes,
      );
      return [{ ...type, data }];
    },
  };
}

interface PoolPlan {
  readonly window: Window;
  readonly spatial: Shape;
  readonly positions: Shape;
  readonly table: Int32Array;
  readonly data: Float64Array;
}

function poolGeometry(inputs: readonly TensorType[], attributes: Attributes) {
  const x = inputOf(inputs, 0);
  expect(x.shape.length >= 3, `the input must be [batch, channels, spatial…], not ${formatShape(x.shape)}`);
  const axes = x.shape.length - 2;
  return { x, window: windowOf(attributes, intsOf(attributes, "kernel", axes), axes) };
}

function reduceMax(x: Tensor, { window, spatial, positions, table, data }: PoolPlan): void {
  const [size, count, cells] = [sizeOf(spatial), sizeOf(positions), sizeOf(window.kernel)];
  for (let i = 0; i < data.length; i++) {
    const source = Math.floor(i / count) * size;
    const first = (i % count) * cells;
    let max = -Infinity;
    for (let k = first; k < first + cells; k++) {
      if (table[k] >= 0) max = Math.max(max, x.data[source + table[k]]);
    }
    data[i] = max;
  }
}

function reduceMean(x: Tensor, plan: PoolPlan, attributes: Attributes): void {
  const { window, spatial, positions, table, data } = plan;
  const divisors = averageDivisors(plan, attributes);
  const [size, count, cells] = [sizeOf(spatial), sizeOf(positions), sizeOf(window.kernel)];
  for (let i = 0; i < data.length; i++) {
    const source = Math.floor(i / count) * size;
    const first = (i % count) * cells;
    let sum = 0;
    for (let k = first; k < first + cells; k++) if (table[k] >= 0) sum += x.data[source + table[k]];
    data[i] = sum / divisors[i % count];
  }
}

/** What each window's sum is divided by. The overhang that `ceil` allows beyond the padding never counts. */
function averageDivisors(
  { window, spatial, positions, table }: Omit<PoolPlan, "data">,
  attributes: Attributes,
): Float64Array {
  const fixed = intOf(attributes, "divisor");
  const count = sizeOf(positions);
  if (fixed !== 0) return new Float64Array(count).fill(fixed);
  const counted = flagOf(attributes, "countIncludePad")
    ? windowTable(
        spatial.map((size, axis) => size + window.padding[axis] + window.padding[spatial.length + axis]),
        { ...window, padding: window.padding.map(() => 0) },
        positions,
      )
    : table;
  const cells = sizeOf(window.kernel);
  const divisors = new Float64Array(count);
  counted.forEach((offset, entry) => {
    if (offset >= 0) divisors[Math.floor(entry / cells)] += 1;
  });
  return divisors;
}

/** An average is a sum whose divisor goes into the scale; at the edges it may be another. */
const avgPool: Operator = {
  ...pooling("avgPool", reduceMean),
  scales: "as consumer",
  lower({ lowering, site, inputs, attributes }) {
    const x = lowering.affordable(site, operandOf(inputs, 0), site.inputRanges[0]);
    const spatial = x.shape.slice(2);
    const window = windowOf(attributes, attributes.kernel as readonly number[], spatial.length);
    const positions = windowPositions(spatial, window);
    const table = windowTable(spatial, window, positions);
    const divisors = averageDivisors({ window, spatial, positions, table }, attributes);
    const taps = sizeOf(window.kernel);
    const [count, area, planes] = [sizeOf(positions), sizeOf(spatial), x.shape[0] * x.shape[1]];
    const index = int32sOf(planes * table.length, (i) => {
      const cell = table[i % table.length];
      return cell < 0 ? -1 : Math.floor(i / table.length) * area + cell;
    });
    const sum = lowering.sum(site, x, taps, index, site.types[0].shape);
    const scale = compact(
      Float64Array.from({ length: planes * count }, (_, i) => at(sum.scale, i) / divisors[i % count]),
    );
    const mean = { ...sum, scale, blocks: scale.length === 1 ? sum.blocks : sizeOf(sum.shape) };
    return site.uniform ? lowering.align(site, [mean]) : [mean];
  },
};

/** The windows of a max pooling. Padding never wins a maximum, so a padded place repeats another of its window. */
export function poolingWindows(shape: Shape, attributes: Attributes): { window: number; index: Int32Array } {
  const spatial = shape.slice(2);
  const kernel = attributes.kernel as readonly number[];
  const window = windowOf(attributes, kernel, spatial.length);
  const positions = windowPositions(spatial, window);
  const cells = windowTable(spatial, window, positions);
  const width = sizeOf(kernel);
  const [count, area] = [sizeOf(positions), sizeOf(spatial)];
  const index = int32sOf(shape[0] * shape[1] * count * width, (i) => {
    const plane = Math.floor(i / (count * width));
    const first = (Math.floor(i / width) % count) * width;
    const own = cells.subarray(first, first + width);
    const cell = own[i % width];
    return plane * area + (cell >= 0 ? cell : own.find((other) => other >= 0)!);
  });
  return { window: width, index };
}

const maxPool: Operator = {
  ...pooling("maxPool", reduceMax),
  scales: "as consumer",
  lower({ lowering, site, inputs, attributes }) {
    const x = operandOf(inputs, 0);
    const { window, index } = poolingWindows(x.shape, attributes);
    return [lowering.max(site, x, window, index, site.types[0].shape)];
  },
};

export const poolingOperators: readonly Operator[] = [maxPool, avgPool];
