import { expect } from "chai";
import { importModel } from "../../../src/import/importModel.js";
import { inspectModel } from "../../../src/import/inspectModel.js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
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

  const advised: [string, RegExp][] = [
    ["NonZero", /shape of its result depends on the data; use torch\.where/],
    ["RandomNormalLike", /draws at random; make the random numbers an input/],
    ["Loop", /control flow depends on the data/],
    ["QuantizeLinear", /export the float model/],
  ];
  for (const [op, advice] of advised) {
    it(`refuse ${op} with what to do instead`, async () => {
      const { unsupported } = await inspectModel(save({ nodes: [[op, ["x"], ["y"]]] }));
      expect(unsupported.map(({ operator }) => operator)).to.deep.equal([op]);
      expect(unsupported[0]!.reason).to.match(advice);
    });
  }
});
