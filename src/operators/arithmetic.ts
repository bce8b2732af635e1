import { broadcastShapes, broadcastStrides, formatShape, sameShape, sizeOf, walk } from "../graph/tensor.js";
import type { Attributes, DType, Shape, Tensor, TensorType } from "../graph/types.js";
import { inputOf, textOf } from "./attributes.js";
import { OperatorError, type Operator } from "./operator.js";

type Binary = (a: number, b: number) => number;

const widths: readonly DType[] = ["bool", "int", "float"];

/** PyTorch's promotion, on our three element types. */
export function promote(a: DType, b: DType): DType {
  return widths[Math.max(widths.indexOf(a), widths.indexOf(b))]!;
}

function commonShape(inputs: readonly TensorType[]): number[] {
  let shape: number[] = [];
  for (const input of inputs) {
    const next = broadcastShapes(shape, input.shape);
    if (next === undefined) {
      throw new OperatorError(
        `shapes ${inputs.map((i) => formatShape(i.shape)).join(" and ")} do not broadcast`,
      );
    }
    shape = next;
  }
  return shape;
}

/** `input` repeated to `shape` by NumPy's broadcasting. */
export function broadcastData(input: Tensor, shape: Shape): Float64Array {
  if (sameShape(input.shape, shape)) return input.data;
  const data = new Float64Array(sizeOf(shape));
  walk(shape, broadcastStrides(input.shape, shape), 0, (position, offset) => {
    data[position] = input.data[offset]!;
  });
  return data;
}

/** An operator on two tensors, element by element, with broadcasting. */
function binary(
  name: string,
  make: (attributes: Attributes) => Binary,
  dtype: (a: DType, b: DType, attributes: Attributes) => DType = promote,
): Operator {
  const infer: Operator["infer"] = (inputs, attributes) => {
    const a = inputOf(inputs, 0);
    const b = inputOf(inputs, 1);
    make(attributes);
    return [{ dtype: dtype(a.dtype, b.dtype, attributes), shape: commonShape([a, b]) }];
  };
  return {
    name,
    infer,
    evaluate(inputs, attributes) {
      const type = infer(inputs, attributes)[0]!;
      const apply = make(attributes);
      const a = broadcastData(inputOf(inputs, 0), type.shape);
      const b = broadcastData(inputOf(inputs, 1), type.shape);
      return [{ ...type, data: a.map((value, i) => apply(value, b[i]!)) }];
    },
  };
}

function division(attributes: Attributes): Binary {
  const rounding = textOf(attributes, "rounding");
  if (rounding === "none") return (a, b) => a / b;
  if (rounding === "floor") return (a, b) => Math.floor(a / b);
  if (rounding === "trunc") return (a, b) => Math.trunc(a / b);
  throw new OperatorError(`div knows the roundings "none", "floor" and "trunc", not "${rounding}"`);
}

/** `sign: "divisor"` is Python's %, `sign: "dividend"` C's fmod. */
function remainder(attributes: Attributes): Binary {
  if (textOf(attributes, "sign") === "dividend") return (a, b) => a % b;
  return (a, b) => a - b * Math.floor(a / b);
}

const always =
  (dtype: DType): ((a: DType, b: DType) => DType) =>
  () =>
    dtype;

/** where(condition, a, b): a where the condition holds, else b. */
const where: Operator = {
  name: "where",
  infer(inputs) {
    const a = inputOf(inputs, 1);
    const b = inputOf(inputs, 2);
    return [{ dtype: promote(a.dtype, b.dtype), shape: commonShape(inputs) }];
  },
  evaluate(inputs) {
    const type = where.infer(inputs, {})[0]!;
    const condition = broadcastData(inputOf(inputs, 0), type.shape);
    const a = broadcastData(inputOf(inputs, 1), type.shape);
    const b = broadcastData(inputOf(inputs, 2), type.shape);
    return [{ ...type, data: condition.map((chosen, i) => (chosen !== 0 ? a[i]! : b[i]!)) }];
  },
};

/** On bools, `minimum` is "and" and `maximum` is "or". */
export const arithmeticOperators: readonly Operator[] = [
  binary("add", () => (a, b) => a + b),
  binary("sub", () => (a, b) => a - b),
  binary("mul", () => (a, b) => a * b),
  binary("div", division, (a, b, attributes) =>
    textOf(attributes, "rounding") === "none" ? "float" : promote(a, b),
  ),
  binary("mod", remainder),
  binary("minimum", () => Math.min),
  binary("maximum", () => Math.max),
  binary("equal", () => (a, b) => (a === b ? 1 : 0), always("bool")),
  binary("less", () => (a, b) => (a < b ? 1 : 0), always("bool")),
  binary("lessOrEqual", () => (a, b) => (a <= b ? 1 : 0), always("bool")),
  where,
];
