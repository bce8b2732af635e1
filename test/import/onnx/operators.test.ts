import { expect } from "chai";
import fc from "fast-check";
import { interpret } from "../../../src/graph/interpret.js";
import { simplify } from "../../../src/graph/passes/index.js";
import type { Tensor } from "../../../src/tensor/types.js";
import { lowerOnnx } from "../../../src/import/onnx/lowerOnnx.js";
import { modelProto } from "../../../src/import/onnx/proto.js";
import { runOnnx } from "./onnxruntime.js";
import { operatorCases, type Draw } from "./operatorCases.js";
import { operatorModel } from "./operatorModel.js";
import { expectNear } from "../../helpers/near.js";

/** Float32 numbers in the range, from a seed; ties and zeros are common, as they are in real activations. */
function numbers(
  count: number,
  seed: number,
  [low, high]: readonly [number, number] = [-3, 3],
): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const step = Math.floor((state / 2 ** 32) * 49) / 48;
    return Math.fround(low + step * (high - low));
  });
}

describe("ONNX operators against onnxruntime", () => {
  for (const [op, generate] of Object.entries(operatorCases)) {
    it(op, async function () {
      await fc.assert(
        fc.asyncProperty(fc.gen(), fc.integer(), async (gen, seed) => {
          const draw: Draw = (arbitrary) => gen(() => arbitrary);
          const source = generate(draw);
          const model = operatorModel(op, source);
          const inputs = new Map<string, Tensor>(
            Object.entries(source.inputs).map(([name, dims], i) => {
              const data = numbers(
                dims.reduce((a, n) => a * n, 1),
                seed + i,
                source.range,
              );
              return [name, { dtype: "float", shape: dims, data }];
            }),
          );
          const expected = await runOnnx(model, inputs);
          const lowering = lowerOnnx(modelProto(model), new Map(), "model.onnx");
          expect(lowering.unsupported).to.deep.equal([]);
          const actual = interpret(simplify(lowering.graph!), inputs);
          for (const [name, { shape: dims, data }] of expected) {
            const ours = actual.get(name)!;
            expect(ours.shape, name).to.deep.equal([...dims]);
            data.forEach((value, i) => {
              expectNear(ours.data[i], value, 1e-4 * Math.max(1, Math.abs(value)), `${name}[${i}]`);
            });
          }
        }),
        { numRuns: 12, endOnFailure: true },
      );
    });
  }
});
