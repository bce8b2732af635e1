import type { Tensor } from "../../../src/tensor/types.js";
import { writeZip } from "../zipWriter.js";
import type { Tensors } from "./program.js";

/** How weights are kept: as torch numbers its scalar types. */
const scalarTypes = { float16: 6, float32: 7, bfloat16: 13 } as const;
export type WeightType = keyof typeof scalarTypes;

/** Writes a .pt2 file in the layout of torch 2.9: the program's JSON beside one raw file per weight. */
export function writePt2(json: unknown, weights: Tensors, type: WeightType = "float32"): Buffer {
  const entries = Object.entries(weights);
  const ints = (values: readonly number[]) => values.map((as_int) => ({ as_int }));
  const config = Object.fromEntries(
    entries.map(([name, { shape }], i) => {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, n) => a * n, 1));
      const meta = { sizes: ints(shape), strides: ints(strides), storage_offset: { as_int: 0 } };
      return [name, { path_name: `weight_${i}`, tensor_meta: { dtype: scalarTypes[type], ...meta } }];
    }),
  );
  const text = (value: unknown) => Buffer.from(JSON.stringify(value));
  return writeZip([
    { name: "model/byteorder", data: Buffer.from("little") },
    { name: "model/models/model.json", data: text(json) },
    { name: "model/data/weights/model_weights_config.json", data: text({ config }) },
    ...entries.map(([, tensor], i) => ({
      name: `model/data/weights/weight_${i}`,
      data: bytesOf(tensor, type),
    })),
  ]);
}

/** Numbers that the type holds exactly, as its bytes. */
function bytesOf({ data }: Tensor, type: WeightType): Buffer {
  const singles = Float32Array.from(data);
  if (type === "float32") return Buffer.from(singles.buffer);
  const bits = new Uint32Array(singles.buffer);
  return Buffer.from(Uint16Array.from(bits, type === "bfloat16" ? (word) => word >>> 16 : half).buffer);
}

/** A normal single as a half: the same sign, an exponent with another bias, ten bits of the fraction. */
function half(word: number): number {
  const exponent = ((word >>> 23) & 255) - 127 + 15;
  return exponent <= 0 ? 0 : ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 1023);
}
