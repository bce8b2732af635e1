import { broadcastShapes, broadcastStrides, formatShape, sameShape, sizeOf, walk } from "../tensor/tensor.js";
import type { DType, Shape, Tensor, TensorType } from "../tensor/types.js";
import { inputOf } from "./attributes.js";
import { type Meaning } from "./operator.js";
import { OperatorError } from "../errors/operatorError.js";

const widths: readonly DType[] = ["bool", "int", "float"];

/** PyTorch's promotion, on our three element types. */
export function promote(a: DType, b: DType): DType {
  return widths[Math.max(widths.indexOf(a), widths.indexOf(b))];
}

/** The shape to which all inputs broadcast. */
export function commonShape(inputs: readonly TensorType[]): number[] {
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

/** What an operator on two tensors means, element by element, with broadcasting. */
export function elementwise(
  name: string,
  apply: (a: number, b: number) => number,
  dtype: (a: DType, b: DType) => DType = promote,
): Meaning {
  const infer: Meaning["infer"] = (inputs) => {
    const a = inputOf(inputs, 0);
    const b = inputOf(inputs, 1);
    return [{ dtype: dtype(a.dtype, b.dtype), shape: commonShape([a, b]) }];
  };
  return {
    name,
    scalar: () => apply,
    infer,
    evaluate(inputs, attributes) {
      const type = infer(inputs, attributes)[0];
      const a = broadcastData(inputOf(inputs, 0), type.shape);
      const b = broadcastData(inputOf(inputs, 1), type.shape);
      return [{ ...type, data: a.map((value, i) => apply(value, b[i])) }];
    },
  };
}
