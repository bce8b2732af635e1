import path from "node:path";
import { expect } from "chai";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import {
  allModels,
  expectedHashes,
  float32Hash,
  largestError,
  modelFiles,
  storedTensors,
  transposedHash,
} from "./support.js";

describe("importing every model from every file", () => {
  for (const [model, file] of modelFiles(allModels)) {
    it(`${model}/${file}`, async function () {
      const location = path.join(allModels, model, file);
      const stored = await storedTensors(location);
      const hashes = new Set([...stored.values()].map(float32Hash));
      for (const tensor of stored.values()) if (tensor.shape.length === 2) hashes.add(transposedHash(tensor));
      // The newer ONNX exporter folds batch norm into the weights before it.
      const folded =
        file.endsWith(".onnx") &&
        [...expectedHashes(allModels, model).keys()].some((n) => n.includes("running_mean"));
      let found = 0;
      for (const [name, hash] of expectedHashes(allModels, model)) {
        const same = stored.has(name) ? float32Hash(stored.get(name)!) === hash : hashes.has(hash);
        if (file.endsWith(".pt2") || (stored.has(name) && !folded)) expect(same, name).to.equal(true);
        found += Number(same);
      }
      expect(found).to.be.at.least(1);
      const { graph } = await importModel(location);
      const samples = await loadSamples(path.dirname(location), graph);
      expect(largestError(graph, samples)).to.be.below(1e-4);
    });
  }
});
