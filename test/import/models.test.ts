import path from "node:path";
import { expect } from "chai";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import {
  bundledModels,
  expectedHashes,
  fixture,
  float32Hash,
  largestError,
  modelFiles,
  storedTensors,
} from "./support.js";

/** Of these, every file is bundled, and no exporter rearranges their weights; the long suite has the others. */
const simple = ["digits_mlp", "iris_mlp", "linreg_breast", "logreg_breast", "mnist_lenet5"];

describe("importing the bundled models", () => {
  for (const [model, file] of modelFiles(bundledModels).filter(([model]) => simple.includes(model))) {
    describe(`${model}/${file}`, () => {
      const location = path.join(bundledModels, model, file);

      it("reads every weight bit by bit", async () => {
        const stored = await storedTensors(location);
        for (const [name, hash] of expectedHashes(bundledModels, model)) {
          expect(float32Hash(stored.get(name)!), name).to.equal(hash);
        }
      });

      it("keeps the weights through lowering and passes", async () => {
        const { graph, parameters } = await importModel(location);
        const inGraph = new Set([...graph.constants.values()].map(float32Hash));
        for (const [name, hash] of expectedHashes(bundledModels, model))
          expect(inGraph.has(hash), name).to.equal(true);
        const total = [...graph.constants.values()].reduce((sum, { data }) => sum + data.length, 0);
        expect(total).to.be.at.least(parameters);
      });

      it("computes what PyTorch computed, on every sample", async () => {
        const { graph } = await importModel(location);
        const samples = await loadSamples(path.dirname(location), graph);
        expect(samples.count).to.be.at.least(64);
        expect(largestError(graph, samples)).to.be.below(1e-4);
      });
    });
  }

  it("names layers after the modules of the PyTorch model", async () => {
    const { graph } = await importModel(fixture("mnist_lenet5", "model.pt2"));
    const convolutions = graph.nodes.filter(({ op }) => op === "conv");
    expect(convolutions.map(({ name }) => name)).to.deep.equal(["conv1.conv", "conv2.conv"]);
    expect(graph.inputs.map(({ id }) => id)).to.deep.equal(["x"]);
    expect(graph.outputs.map(({ id }) => id)).to.deep.equal(["output"]);
  });

  it("says what the file is, and hashes it", async () => {
    const about = await Promise.all(
      ["model.pt2", "model.layout28.pt2", "model.t213.pt2", "model.onnx"].map((file) =>
        importModel(fixture("iris_mlp", file)),
      ),
    );
    expect(about.map(({ format }) => format)).to.deep.equal(["pt2", "pt2", "pt2", "onnx"]);
    expect(about.map(({ formatDetail }) => formatDetail)).to.deep.equal([
      "torch.export archive, torch 2.6 layout",
      "torch.export archive, torch 2.8 layout",
      "torch.export archive, torch 2.9 layout",
      "ONNX by pytorch 2.6.0",
    ]);
    expect(about[0].sha256).to.match(/^ca1c3b837fa88894/);
    expect(about.map(({ parameters }) => parameters)).to.deep.equal([131, 131, 131, 131]);
  });

  it("keeps no source path and no stack trace", async () => {
    for (const file of ["model.pt2", "model.t213.pt2"]) {
      const { graph } = await importModel(fixture("iris_mlp", file));
      const text = JSON.stringify({
        ...graph,
        constants: [...graph.constants.keys()],
        types: [...graph.types],
      });
      expect(text).not.to.match(/iris_mlp\.py|stack_trace|site-packages|forward/);
    }
  });
});
