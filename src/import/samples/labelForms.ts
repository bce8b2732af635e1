import type { GraphValue } from "../../graph/types.js";
import { sizeOf } from "../../tensor/tensor.js";
import type { SampleArray } from "./array.js";

/** Labels as numbers of classes where they are one-hot; else as they are. */
export function asClasses(
  labels: SampleArray,
  count: number,
  output: GraphValue | undefined,
): { labels: SampleArray; notice?: string } {
  const classes = output?.dtype === "float" ? (output.shape.at(-1) ?? 1) : 1;
  if (output === undefined || classes < 2) return { labels };
  const decisions = sizeOf(output.shape) / classes;
  const numbers =
    labels.data.length === count * decisions * classes ? fromOneHot(labels.data, classes) : undefined;
  if (numbers === undefined) return { labels };
  return {
    labels: { dtype: "int", shape: [count, decisions], data: numbers },
    notice: `The labels are one-hot and are taken as the numbers of ${classes} classes; save other target values than 0 and 1 to be scored by their error.`,
  };
}

/** The place of the 1 in each row; undefined where a row is not one 1 among zeros. */
function fromOneHot(data: Float64Array, classes: number): Float64Array | undefined {
  const numbers = new Float64Array(data.length / classes);
  for (let row = 0; row < numbers.length; row++) {
    const values = data.subarray(row * classes, (row + 1) * classes);
    const place = values.indexOf(1);
    if (place < 0 || !values.every((value, i) => value === (i === place ? 1 : 0))) return undefined;
    numbers[row] = place;
  }
  return numbers;
}
