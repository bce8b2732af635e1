import type { Case } from "./operatorCases.js";
import { writeModel, type ModelSource } from "./writer.js";

/** The model of one operator, its results cast to float32; inputs that `weights` has are constants of the model. */
export function operatorModel(
  op: string,
  { inputs, attributes, operands, masks = [], results = 1, floats, ...rest }: Case,
  weights: ModelSource["floats"] = {},
): Uint8Array {
  const raw = Array.from({ length: results }, (_, i) => `raw${i}`);
  const outputs = raw.map((_, i) => `y${i}`);
  const operand = (name: string) => (masks.includes(name) ? `${name} > 0` : name);
  return writeModel({
    ...rest,
    inputs: Object.fromEntries(Object.entries(inputs).filter(([name]) => weights[name] === undefined)),
    floats: { ...floats, ...weights, ...(masks.length > 0 && { zero: { shape: [], data: [0] } }) },
    outputs,
    nodes: [
      ...masks.map((name) => ["Greater", [name, "zero"], [operand(name)]] as const),
      [op, (operands ?? Object.keys(inputs)).map(operand), raw, attributes],
      ...raw.map((name, i) => ["Cast", [name], [outputs[i]], { to: 1 }] as const),
    ],
  });
}
