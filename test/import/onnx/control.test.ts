import { expect } from "chai";
import { importModel } from "../../../src/import/importModel.js";
import { inspectModel } from "../../../src/import/inspectModel.js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { clearError } from "../support.js";
import { writeModel, type ModelSource } from "./writer.js";

describe("ONNX operators that choose or draw", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));
  const save = (source: ModelSource): string => {
    const file = path.join(folder, "model.onnx");
    writeFileSync(file, writeModel(source));
    return file;
  };

  it("take the branch that a constant condition leads to", async () => {
    const branches = {
      then_branch: { nodes: [["Relu", ["x"], ["t"]]], output: "t" },
      else_branch: { nodes: [["Exp", ["x"], ["e"]]], output: "e" },
    } as const;
    const ops = async (condition: number): Promise<string[]> => {
      const file = save({ nodes: [["If", ["c"], ["y"], branches]], ints: { c: [condition] } });
      return (await importModel(file)).graph.nodes.map(({ op }) => op);
    };
    expect(await ops(1)).to.deep.equal(["relu"]);
    expect(await ops(0)).to.deep.equal(["exp"]);
  });

  it("is refused with the Python that fixes an open size", async () => {
    const file = save({ nodes: [["Relu", ["x"], ["y"]]], inputs: { x: ["batch", "length"] } });
    const error = await clearError(() => importModel(file));
    expect(error.message).to.match(
      /axis 1 of input "x" has the open size length; a circuit has fixed shapes/,
    );
    expect(error.message).to.match(/if axis\.dim_param == "length":\s+axis\.dim_value = 16/);
  });

  const advised: [string, RegExp][] = [
    ["NonZero", /shape of its result depends on the data; use torch\.where/],
    ["RandomNormalLike", /draws at random; make the random numbers an input/],
    ["Loop", /control flow depends on the data/],
    ["DynamicQuantizeLinear", /takes its scale from the data; quantize with fixed scales/],
    ["Bernoulli", /draws at random; make the random numbers an input/],
    ["SoftmaxCrossEntropyLoss", /a loss belongs to the training/],
  ];
  for (const [op, advice] of advised) {
    it(`refuse ${op} with what to do instead`, async () => {
      const { unsupported } = await inspectModel(save({ nodes: [[op, ["x"], ["y"]]] }));
      expect(unsupported.map(({ operator }) => operator)).to.deep.equal([op]);
      expect(unsupported[0].reason).to.match(advice);
    });
  }
});

describe("ONNX models that ask for too much", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));

  const greedy: [string, ModelSource][] = [
    ["a tile", { nodes: [["Tile", ["x", "n"], ["y"]]], ints: { n: [2e9] } }],
    ["padding", { nodes: [["Pad", ["x", "n"], ["y"], { mode: "edge" }]], ints: { n: [2e9, 2e9] } }],
    [
      "a resize",
      { nodes: [["Resize", ["x", "", "", "n"], ["y"]]], inputs: { x: [1, 1, 2] }, ints: { n: [1, 1, 2e9] } },
    ],
    [
      "an interpolation",
      {
        nodes: [["Resize", ["x", "", "", "n"], ["y"], { mode: "linear" }]],
        inputs: { x: [4096] },
        ints: { n: [65536] },
      },
    ],
    ["classes", { nodes: [["OneHot", ["i", "n", "v"], ["y"]]], ints: { i: [0], n: [2e9], v: [0, 1] } }],
    ["steps", { nodes: [["Range", ["a", "n", "d"], ["y"]]], ints: { a: [0], n: [2e12], d: [1] } }],
    [
      "a sequence",
      {
        nodes: [["RNN", ["x", "w", "r"], ["y"], { hidden_size: 1 }]],
        inputs: { x: [1e6, 1, 1], w: [1, 1, 1], r: [1, 1, 1] },
      },
    ],
    ["parts", { nodes: [["Split", ["x"], ["y", "z"], { num_outputs: 1e6 }]], inputs: { x: [1e6] } }],
    ["an axis", { nodes: [["ReduceSum", ["x", "n"], ["y"]]], ints: { n: [-9e15] } }],
    [
      "a window",
      {
        nodes: [["MaxPool", ["x"], ["y"], { kernel_shape: [2e9], pads: [2e9, 2e9] }]],
        inputs: { x: [1, 1, 2] },
      },
    ],
  ];
  for (const [what, source] of greedy) {
    it(`are refused at once: ${what}`, async function () {
      const file = path.join(folder, "model.onnx");
      writeFileSync(file, writeModel(source));
      const start = process.cpuUsage();
      await clearError(() => importModel(file));
      const { user, system } = process.cpuUsage(start);
      expect(user + system).to.be.below(2e6);
    });
  }
});
