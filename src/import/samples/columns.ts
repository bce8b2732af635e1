import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { formatShape, sameShape } from "../../tensor/tensor.js";
import { checkedSize } from "../elements.js";
import type { SampleArray } from "./array.js";

/** Arrays of one shape, such as the columns of a table, as one array with a last axis over them. */
export function stacked(columns: ReadonlyMap<string, SampleArray>, file: string): SampleArray {
  const list = [...columns.values()];
  const { shape } = list[0];
  const other = [...columns].find(([, column]) => !sameShape(column.shape, shape));
  if (other !== undefined) {
    throw new Torch2CircomError(
      "SAMPLES_INVALID",
      `${file}: the field "${other[0]}" has the shape ${formatShape(other[1].shape)}, others ${formatShape(shape)}`,
      "Save fields of different shapes as arrays of their own, named after the model's inputs.",
    );
  }
  const full = [...shape, list.length];
  const data = new Float64Array(checkedSize(full));
  list.forEach((column, c) => column.data.forEach((value, i) => (data[i * list.length + c] = value)));
  const dtype = list.every((column) => column.dtype === list[0].dtype) ? list[0].dtype : "float";
  return { dtype, shape: full, data, columns: [...columns.keys()] };
}
