import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectFile } from "../../src/runtime/models/files.js";
import { writeModel, type ModelSource } from "../import/onnx/writer.js";
import { npy } from "../quantize/npy.js";

describe("what a model would cost", () => {
  const folder = mkdtempSync(join(tmpdir(), "torch2circom-"));
  after(() => rmSync(folder, { recursive: true }));
  const save = (source: ModelSource): string => {
    const file = join(folder, "model.onnx");
    writeFileSync(file, writeModel(source));
    return file;
  };

  const poles: [string, ModelSource["nodes"]][] = [
    ["a logarithm", [["Log", ["x"], ["y"]]]],
    ["a root", [["Sqrt", ["x"], ["y"]]]],
    ["a reciprocal", [["Reciprocal", ["x"], ["y"]]]],
    ["an inverse hyperbolic function", [["Acosh", ["x"], ["y"]]]],
    ["an inverse function", [["Atanh", ["x"], ["y"]]]],
    [
      "a quotient of inputs",
      [
        ["Slice", ["x", "zero", "one", "axis"], ["d"]],
        ["Div", ["x", "d"], ["y"]],
      ],
    ],
  ];
  for (const [name, nodes] of poles)
    it(`is a guess without samples, for ${name} too`, async () => {
      const ints = { zero: [0], one: [1], axis: [1] };
      const { estimate, unsupported } = await inspectFile(save({ nodes, inputs: { x: [1, 4] }, ints }));
      expect(unsupported).to.deep.equal([]);
      expect(estimate!.constraints.nonlinear).to.be.greaterThan(0);
      expect(estimate!.greatestError).to.equal(null);
      expect(estimate!.guesses).to.have.length(1);
      expect(estimate!.guesses[0]).to.match(/ranges are a guess, from made-up inputs in \[/);
    });

  it("leaves out what has no value on any made-up input, and says so", async () => {
    const file = save({
      nodes: [
        ["Sub", ["x", "far"], ["s"]],
        ["Log", ["s"], ["y"]],
      ],
      inputs: { x: [1, 4] },
      floats: { far: { shape: [], data: [100] } },
    });
    const { estimate } = await inspectFile(file);
    expect(estimate!.guesses[1]).to.match(/no value on made-up inputs.*log/);
  });

  it("is that of a build on samples, with its bits and its greatest error", async () => {
    const file = save({ nodes: [["Log", ["x"], ["y"]]], inputs: { x: [1, 4] } });
    const samples = join(folder, "samples.npy");
    const data = Array.from({ length: 64 }, (_, i) => 2 + i / 16);
    writeFileSync(samples, npy("<f4", [16, 1, 4], data));
    const { estimate } = await inspectFile(file, { samples });
    expect(estimate!.guesses).to.deep.equal([]);
    expect(estimate!.bits.weightBits).to.equal(8);
    expect(estimate!.greatestError).to.be.greaterThan(0).and.to.be.lessThan(0.05);
  });

  it("is not there where it cannot be told, but the layers are, and why", async () => {
    const nodes: ModelSource["nodes"] = [["Mul", ["x", "none"], ["y"]]];
    const file = save({ nodes, inputs: { x: [1, 4] }, floats: { none: { shape: [], data: [0] } } });
    const { estimate, layers, obstacle } = await inspectFile(file);
    expect(layers.map(({ operator }) => operator)).to.deep.equal(["Mul"]);
    expect(estimate).to.equal(null);
    expect(obstacle).to.match(/does not depend on any input/);
  });

  it("counts weights that are in nodes", async () => {
    const w = { sparse_value: { sparse: { dims: [4], indices: [0, 1, 2, 3], values: [0.5, 1, -1, 2] } } };
    const nodes: ModelSource["nodes"] = [
      ["Constant", [], ["w"], w],
      ["Mul", ["x", "w"], ["y"]],
    ];
    expect((await inspectFile(save({ nodes, inputs: { x: [1, 4] } }))).parameters).to.equal(4);
  });
});
