import { formatShape, sizeOf } from "../graph/tensor.js";
import type { Attributes, Shape, Tensor, TensorType } from "../graph/types.js";
import { expect, flagOf, inputOf, intOf, intsOf } from "./attributes.js";
import type { Operator } from "./operator.js";
import { windowOf, windowPositions, windowTable, type Window } from "./window.js";

/**
 * Pooling over x [N, C, spatial…]. Attributes: kernel, stride, dilation (one a spatial axis), padding (begins,
 * then ends), ceil. avgPool has also countIncludePad and divisor (0: the number of elements).
 */
function pooling(
  name: string,
  reduce: (x: Tensor, plan: PoolPlan, attributes: Attributes) => void,
): Operator {
  const infer: Operator["infer"] = (inputs, attributes) => {
    const { x, window } = poolGeometry(inputs, attributes);
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...windowPositions(x.shape.slice(2), window)] },
    ];
  };
  return {
    name,
    infer,
    evaluate(inputs, attributes) {
      const type = infer(inputs, attributes)[0]!;
      const { window } = poolGeometry(inputs, attributes);
      const x = inputOf(inputs, 0);
      const spatial = x.shape.slice(2);
      const positions = type.shape.slice(2);
      const data = new Float64Array(sizeOf(type.shape));
      reduce(
        x,
        { window, spatial, positions, table: windowTable(spatial, window, positions), data },
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
      if (table[k]! >= 0) max = Math.max(max, x.data[source + table[k]!]!);
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
    for (let k = first; k < first + cells; k++) if (table[k]! >= 0) sum += x.data[source + table[k]!]!;
    data[i] = sum / divisors[i % count]!;
  }
}

/** What each window's sum is divided by. The overhang that `ceil` allows beyond the padding never counts. */
export function averageDivisors(
  { window, spatial, positions, table }: Omit<PoolPlan, "data">,
  attributes: Attributes,
): Float64Array {
  const fixed = intOf(attributes, "divisor");
  const count = sizeOf(positions);
  if (fixed !== 0) return new Float64Array(count).fill(fixed);
  const counted = flagOf(attributes, "countIncludePad")
    ? windowTable(
        spatial.map((size, axis) => size + window.padding[axis]! + window.padding[spatial.length + axis]!),
        { ...window, padding: window.padding.map(() => 0) },
        positions,
      )
    : table;
  const cells = sizeOf(window.kernel);
  const divisors = new Float64Array(count);
  counted.forEach((offset, entry) => {
    if (offset >= 0) divisors[Math.floor(entry / cells)]! += 1;
  });
  return divisors;
}

export const poolingOperators: readonly Operator[] = [
  pooling("maxPool", reduceMax),
  pooling("avgPool", reduceMean),
];
