import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { importModel } from "../../src/import/importModel.js";
import { loadSamples } from "../../src/import/samples/loadSamples.js";
import { mutate, randomFrom } from "./mutate.js";
import { allModels, fixture } from "./support.js";

const RUNS = 10_000;
const MAX_MICROSECONDS = 2e6;
const MAX_BYTES = 2 ** 30;

const files = [
  fixture("iris_mlp", "model.pt2"),
  fixture("iris_mlp", "model.layout28.pt2"),
  fixture("iris_mlp", "model.t213.pt2"),
  fixture("iris_mlp", "model.onnx"),
  fixture("iris_mlp", "model.dynamo.onnx"),
  path.join(allModels, "digits_cnn_bn", "model.pt2"),
  path.join(allModels, "vit_tiny_sdpa", "model.onnx"),
];

describe(`${RUNS} hostile variants of each kind of file`, () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the reader on every variant; anything but success or a clear error, in time and memory, fails by its seed. */
  async function survive(
    original: Buffer,
    name: string,
    read: (file: string) => Promise<unknown>,
  ): Promise<void> {
    let refused = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const file = path.join(folder, name);
      writeFileSync(file, mutate(original, randomFrom(seed)));
      const start = process.cpuUsage();
      try {
        await read(file);
      } catch (error) {
        if (!(error instanceof Torch2CircomError)) throw new Error(`seed ${seed}`, { cause: error });
        expect(error.remedy).not.to.equal("");
        refused += 1;
      }
      const { user, system } = process.cpuUsage(start);
      expect(user + system, `microseconds of seed ${seed}`).to.be.below(MAX_MICROSECONDS);
    }
    expect(process.memoryUsage().rss).to.be.below(MAX_BYTES);
    expect(refused).to.be.greaterThan(RUNS / 4);
  }

  for (const file of files) {
    it(path.join(path.basename(path.dirname(file)), path.basename(file)), async function () {
      await survive(readFileSync(file), path.basename(file), importModel);
    });
  }

  it("samples.npz", async function () {
    const { graph } = await importModel(fixture("iris_mlp", "model.pt2"));
    const original = readFileSync(fixture("iris_mlp", "samples.npz"));
    await survive(original, "samples.npz", (file) => loadSamples(file, graph));
  });
});
