import { z } from "zod";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { WitnessPlan } from "./witnessPlan.js";

const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);
const list = z.object({ name: z.string(), count }).strict();
const schema = z
  .object({
    format: z.literal("torch2circom-witness-1"),
    wireCount: count,
    inputs: z.array(list),
    tensors: z.array(z.object({ tensor: count, count }).strict()),
    gadgets: z.array(
      z
        .object({
          inputs: z.array(z.object({ name: z.string(), size: count }).strict()),
          ...{ inputCount: count, outputCount: count, innerCount: count, bytes: count },
        })
        .strict(),
    ),
    instances: count,
    same: count,
    constants: z.array(z.string().regex(/^\d{1,78}$/)),
  })
  .strict();

/** A plan as bytes: the length of a JSON header, the header, then the numbers of all lists, then the generators. */
export function encodePlan(plan: WitnessPlan): Uint8Array {
  const { wireCount, inputs, tensors, gadgets, instances, same, constants } = plan;
  const header = {
    format: "torch2circom-witness-1",
    wireCount,
    inputs: inputs.map(({ name, wires }) => ({ name, count: wires.length })),
    tensors: tensors.map(({ tensor, wires }) => ({ tensor, count: wires.length })),
    gadgets: gadgets.map(({ wasm, ...gadget }) => ({ ...gadget, bytes: wasm.length })),
    instances: instances.length,
    same: same.length,
    constants: constants.map(String),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const lists = [...inputs, ...tensors].map(({ wires }) => wires);
  return Buffer.concat([
    length,
    json,
    ...[...lists, instances, same].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
    ...gadgets.map(({ wasm }) => wasm),
  ]);
}

/** @param path for errors @throws Torch2CircomError where the bytes are no plan */
export function decodePlan(bytes: Uint8Array, path: string): WitnessPlan {
  const damaged = (why: string): Torch2CircomError =>
    new Torch2CircomError("BUILD_DAMAGED", `${path} is damaged: ${why}`, "Build the model again.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4;
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw damaged("it ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  if (bytes.length < 4) throw damaged("it ends too early");
  const parsed = schema.safeParse(tryJson(new TextDecoder().decode(take(view.getUint32(0, true)))));
  if (!parsed.success) throw damaged("its header is not of this version");
  const { inputs, tensors, gadgets, constants, wireCount, ...sizes } = parsed.data;
  // A copy, since the bytes of the file need not lie at a multiple of four.
  const numbers = (size: number) => new Int32Array(new Uint8Array(take(4 * size)).buffer);
  return {
    wireCount,
    inputs: inputs.map((input) => ({ name: input.name, wires: numbers(input.count) })),
    tensors: tensors.map((one) => ({ tensor: one.tensor, wires: numbers(one.count) })),
    instances: numbers(sizes.instances),
    same: numbers(sizes.same),
    gadgets: gadgets.map(({ bytes: length, ...gadget }) => ({ ...gadget, wasm: take(length) })),
    constants: constants.map(BigInt),
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
