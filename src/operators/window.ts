import { sizeOf, stridesOf, walk } from "../tensor/tensor.js";
import type { Attributes } from "./operator.js";
import { expect, flagOf, intsOf } from "./attributes.js";
import { OperatorError } from "../errors/operatorError.js";

/** How a kernel moves over the spatial axes; every list has one entry per axis, `padding` all begins, then all ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Whether a last window that hangs over the end counts (pooling's ceil_mode). */
  readonly ceil: boolean;
}

/** Most window positions times kernel elements that an evaluation tabulates. */
const MAX_TABLE = 2 ** 26;

export function windowOf(attributes: Attributes, kernel: readonly number[], spatialAxes: number): Window {
  const window = {
    kernel,
    stride: intsOf(attributes, "stride", spatialAxes),
    padding: intsOf(attributes, "padding", 2 * spatialAxes),
    dilation: intsOf(attributes, "dilation", spatialAxes),
    ceil: attributes.ceil === undefined ? false : flagOf(attributes, "ceil"),
  };
  expect(kernel.length === spatialAxes, `the kernel must have ${spatialAxes} axes, not ${kernel.length}`);
  expect(
    kernel.every((k) => k > 0),
    "every kernel size must be positive",
  );
  expect(
    window.stride.every((s) => s > 0),
    "every stride must be positive",
  );
  expect(
    window.dilation.every((d) => d > 0),
    "every dilation must be positive",
  );
  expect(
    window.padding.every((p) => p >= 0),
    "no padding may be negative",
  );
  return window;
}

/** How many positions the window takes on each spatial axis. */
export function windowPositions(spatial: readonly number[], window: Window): number[] {
  const axes = spatial.length;
  return spatial.map((size, axis) => {
    const begin = window.padding[axis];
    const stride = window.stride[axis];
    const room =
      size + begin + window.padding[axes + axis] - window.dilation[axis] * (window.kernel[axis] - 1) - 1;
    if (room < 0)
      throw new OperatorError(`the kernel of ${window.kernel[axis]} is larger than the padded input`);
    const steps = window.ceil ? Math.ceil(room / stride) : Math.floor(room / stride);
    // PyTorch drops a last window that would start in the end's padding.
    return window.ceil && steps * stride >= size + begin ? steps : steps + 1;
  });
}

/** For every position and kernel element, the offset in one channel's spatial data, -1 in the padding. */
export function windowTable(
  spatial: readonly number[],
  window: Window,
  positions: readonly number[],
): Int32Array {
  const cells = sizeOf(window.kernel);
  const count = sizeOf(positions);
  expect(count * cells <= MAX_TABLE, `${count} windows of ${cells} elements are too many`);
  const table = new Int32Array(count * cells);
  const strides = stridesOf(spatial);
  spatial.forEach((size, axis) => {
    const step = new Array<number>(positions.length + window.kernel.length).fill(0);
    step[axis] = window.stride[axis]!;
    step[positions.length + axis] = window.dilation[axis]!;
    walk([...positions, ...window.kernel], step, -window.padding[axis], (entry, coordinate) => {
      if (coordinate < 0 || coordinate >= size) table[entry] = -1;
      else if (table[entry] >= 0) table[entry] += coordinate * strides[axis];
    });
  });
  return table;
}

const known = new WeakMap<Attributes, { readonly key: string; readonly table: Int32Array }>();

/** As {@link windowTable}, made once for all samples on which a node is evaluated. @param window of the attributes */
export function windowTableOf(
  attributes: Attributes,
  spatial: readonly number[],
  window: Window,
  positions: readonly number[],
): Int32Array {
  const key = [spatial, window.kernel, positions].join(";");
  const last = known.get(attributes);
  if (last?.key === key) return last.table;
  const table = windowTable(spatial, window, positions);
  known.set(attributes, { key, table });
  return table;
}
