import { tensor } from "../../../tensor/tensor.js";
import { BLACKMAN, cosineWindow, HANN } from "../../compose/signal.js";
import { checkedSize, dtypeOf } from "../../elements.js";
import type { ValueId } from "../../../graph/types.js";
import type { DType, Shape } from "../../../tensor/types.js";
import { OperatorError } from "../../../errors/operatorError.js";
import { diagonalMatrix } from "../../compose/windows.js";
import * as move from "../../compose/movement.js";
import { cast, sequence } from "../../compose/movement.js";
import { elementType } from "../program.js";
import type { AtenCall } from "../call.js";
import type { AtenRule, AtenTable } from "./rule.js";
import { pow } from "../../../elementary/functions.js";

/** Tensors that the program makes out of nothing: constants of the graph. */

function requested(c: AtenCall, otherwise: DType): DType {
  return c.has("dtype") ? dtypeOf(elementType(c.int("dtype"))) : otherwise;
}

function filled(c: AtenCall, shape: Shape, value: number, dtype: DType): ValueId {
  return c.builder.constant({ dtype, shape, data: new Float64Array(checkedSize(shape)).fill(value) });
}

const zeros: AtenRule = (c) => filled(c, c.ints("size"), 0, requested(c, "float"));
const ones: AtenRule = (c) => filled(c, c.ints("size"), 1, requested(c, "float"));

const like =
  (value: (c: AtenCall) => number): AtenRule =>
  (c) =>
    filled(c, c.shapeOf("self"), value(c), requested(c, c.builder.typeOf(c.tensor("self")).dtype));

/** new_zeros(self, size): the size is the call's own, the element type self's. */
const fresh =
  (value: (c: AtenCall) => number): AtenRule =>
  (c) =>
    filled(c, c.ints("size"), value(c), requested(c, c.builder.typeOf(c.tensor("self")).dtype));

const fillValue = (c: AtenCall): number => c.number("fill_value");

const full: AtenRule = (c) => {
  const value = fillValue(c);
  return filled(c, c.ints("size"), value, requested(c, Number.isInteger(value) ? "int" : "float"));
};

const arange: AtenRule = (c) => {
  const start = c.has("start") ? c.number("start") : 0;
  const step = c.has("step") ? c.number("step") : 1;
  const size = Math.max(0, Math.ceil((c.number("end") - start) / step));
  checkedSize([size]);
  const data = Float64Array.from({ length: size }, (_, i) => start + i * step);
  return c.builder.constant({
    dtype: requested(c, data.every(Number.isInteger) ? "int" : "float"),
    shape: [size],
    data,
  });
};

const linspace: AtenRule = (c) => {
  const [start, end, steps] = [c.number("start"), c.number("end"), c.int("steps")];
  checkedSize([steps]);
  const data = Float64Array.from(
    { length: steps },
    (_, i) => start + (i * (end - start)) / Math.max(1, steps - 1),
  );
  return c.builder.constant({ dtype: "float", shape: [steps], data });
};

const eye: AtenRule = (c) => {
  const rows = c.int("n");
  const columns = c.has("m") ? c.int("m") : rows;
  const data = new Float64Array(checkedSize([rows, columns]));
  for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = 1;
  return c.builder.constant({ dtype: requested(c, "float"), shape: [rows, columns], data });
};

/** base^x at even steps of x. */
const logspace: AtenRule = (c) => {
  const [start, end, steps, base] = [c.number("start"), c.number("end"), c.int("steps"), c.number("base")];
  checkedSize([steps]);
  const step = (end - start) / Math.max(1, steps - 1);
  const data = Float64Array.from({ length: steps }, (_, i) => pow(base, start + i * step));
  return c.builder.constant({ dtype: "float", shape: [steps], data });
};

/** Rows and columns of the elements of a triangle, row by row. */
const triangleIndices =
  (keeps: (row: number, column: number, offset: number) => boolean): AtenRule =>
  (c) => {
    const [rows, columns, offset] = [c.int("row"), c.int("col"), c.int("offset")];
    const found = sequence(rows * columns, (i) => i).filter((i) =>
      keeps(Math.floor(i / columns), i % columns, offset),
    );
    const places = [...found.map((i) => Math.floor(i / columns)), ...found.map((i) => i % columns)];
    return c.builder.ints(places, [2, found.length]);
  };

const window =
  (coefficients: readonly number[]): AtenRule =>
  (c) => {
    const values = cosineWindow(
      c.int("window_length"),
      !c.has("periodic") || c.flag("periodic"),
      coefficients,
    );
    return c.builder.constant(tensor("float", [values.length], values));
  };

/** PyTorch rounds the window's coefficients, ONNX does not. */
const TORCH_HAMMING = [0.54, 0.46] as const;

const scalarTensor: AtenRule = (c) => c.builder.scalar(c.number("s"), requested(c, "float"));

/** fill(self, value): self's shape full of a value that may be computed. */
const fill: AtenRule = (c) => {
  const b = c.builder;
  return move.expand(b, cast(b, c.tensor("value"), b.typeOf(c.tensor("self")).dtype), c.shapeOf("self"));
};

const oneHot: AtenRule = (c) => {
  const b = c.builder;
  const classes = c.int("num_classes");
  if (classes < 0)
    throw new OperatorError("one_hot needs num_classes; without it the shape depends on the data");
  const labels = b.ints(sequence(classes, (i) => i));
  const rank = c.shapeOf("self").length;
  return cast(b, b.apply("equal", [move.unsqueeze(b, c.tensor("self"), [rank]), labels]), "int");
};

export const creationRules: AtenTable = {
  "aten.zeros.default": zeros,
  "aten.ones.default": ones,
  // Uninitialized memory is always written before it is read; zeros stand for it.
  "aten.empty.memory_format": zeros,
  "aten.empty_like.default": like(() => 0),
  "aten.zeros_like.default": like(() => 0),
  "aten.zero.default": like(() => 0),
  "aten.ones_like.default": like(() => 1),
  "aten.full_like.default": like(fillValue),
  "aten.new_zeros.default": fresh(() => 0),
  "aten.new_empty.default": fresh(() => 0),
  "aten.new_ones.default": fresh(() => 1),
  "aten.new_full.default": fresh(fillValue),
  "aten.full.default": full,
  "aten.arange.default": arange,
  "aten.arange.start": arange,
  "aten.arange.start_step": arange,
  "aten.linspace.default": linspace,
  "aten.logspace.default": logspace,
  "aten.tril_indices.default": triangleIndices((row, column, k) => column - row <= k),
  "aten.triu_indices.default": triangleIndices((row, column, k) => column - row >= k),
  "aten.hann_window.default": window(HANN),
  "aten.hann_window.periodic": window(HANN),
  "aten.hamming_window.default": window(TORCH_HAMMING),
  "aten.hamming_window.periodic": window(TORCH_HAMMING),
  "aten.blackman_window.default": window(BLACKMAN),
  "aten.blackman_window.periodic": window(BLACKMAN),
  "aten.empty_strided.default": zeros,
  "aten.new_empty_strided.default": fresh(() => 0),
  "aten.eye.default": eye,
  "aten.eye.m": eye,
  "aten.scalar_tensor.default": scalarTensor,
  "aten.fill.Scalar": fill,
  "aten.fill.Tensor": fill,
  "aten.one_hot.default": oneHot,
  "aten.diag_embed.default": (c) => {
    const rank = c.shapeOf("self").length + 1;
    const matrix = diagonalMatrix(c.builder, c.tensor("self"), c.int("offset"));
    const [first, second] = [c.int("dim1"), c.int("dim2")].map((axis) => move.axisIn(axis, rank));
    if (first !== rank - 2 || second !== rank - 1)
      throw new OperatorError("a diagonal is put on the last two axes only");
    return matrix;
  },
};
