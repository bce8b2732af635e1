import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { interpret } from "../../../src/graph/interpret.js";
import { importModel } from "../../../src/import/importModel.js";
import { loadSamples } from "../../../src/import/samples/loadSamples.js";
import { allModels, modelFiles } from "../support.js";
import { runOnnx } from "./onnxruntime.js";
import { expectNear } from "../../helpers/near.js";

const SAMPLES = 8;

describe("ONNX models against onnxruntime", () => {
  for (const [model, file] of modelFiles(allModels).filter(([, file]) => file.endsWith(".onnx"))) {
    it(`${model}/${file}`, async function () {
      const location = path.join(allModels, model, file);
      const { graph } = await importModel(location);
      const samples = await loadSamples(path.dirname(location), graph);
      const data = existsSync(`${location}.data`)
        ? [{ path: `${file}.data`, data: readFileSync(`${location}.data`) }]
        : [];
      for (let i = 0; i < Math.min(SAMPLES, samples.count); i++) {
        const inputs = new Map([...samples.inputs].map(([id, tensors]) => [id, tensors[i]]));
        const expected = await runOnnx(readFileSync(location), inputs, data);
        for (const [id, output] of interpret(graph, inputs)) {
          output.data.forEach((value, k) => expectNear(value, expected.get(id)!.data[k], 1e-4));
        }
      }
    });
  }
});
