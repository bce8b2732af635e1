import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { interpret } from "../../../src/graph/interpret.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { importModel } from "../../../src/import/importModel.js";
import { inspectModel } from "../../../src/import/inspectModel.js";
import { loadSamples } from "../../../src/import/samples/loadSamples.js";
import { expectNear } from "../../helpers/near.js";
import { clearError, largestError, smallCase } from "../support.js";
import { writeModel, type ModelSource } from "./writer.js";

describe("ONNX files that are whole, in forms that few exporters write", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));
  const save = (source: ModelSource): string => {
    const file = path.join(folder, "model.onnx");
    writeFileSync(file, writeModel(source));
    return file;
  };
  /** The first output for x. */
  const run = async (source: ModelSource, ...x: number[]): Promise<number[]> => {
    const { graph } = await importModel(save(source));
    const inputs = { x: tensor("float", graph.inputs[0].shape, x) };
    return [...interpret(graph, inputs).values().next().value!.data];
  };

  for (const name of [
    "onnx_dim_minus_one",
    "onnx_external_constant",
    "onnx_local_function",
    "onnx_unsorted_nodes",
  ]) {
    it(`${name}: gives what ONNX Runtime gave`, async () => {
      const { graph } = await importModel(smallCase(name, "model.onnx"));
      const samples = await loadSamples(smallCase(name, "samples.npz"), graph);
      expect(samples.references!.size).to.equal(1);
      expect(largestError(graph, samples)).to.be.below(1e-5);
    });
  }

  it("refuses a value that two nodes write, by its name", async () => {
    const error = await clearError(() => importModel(smallCase("onnx_duplicate_value", "model.onnx")));
    expect(error.problem).to.match(/gives the value "z" twice/);
    for (const nodes of [
      [["Relu", ["x"], ["x"]]],
      [
        ["Relu", ["x"], ["w"]],
        ["Exp", ["w"], ["y"]],
      ],
      [["Split", ["x"], ["y", "y"]]],
    ] as const) {
      const source = { nodes, inputs: { x: [2] }, floats: { w: { shape: [2], data: [1, 2] } } };
      expect((await clearError(() => importModel(save(source)))).problem).to.match(/twice/);
    }
  });

  it("reads tensors of other files in nodes of a branch, and only beside the model", async () => {
    const source = (external: string): ModelSource => {
      const constant = ["Constant", [], ["k"], { value: { external } }] as const;
      const then_branch = { nodes: [constant, ["Mul", ["x", "k"], ["t"]]], output: "t" } as const;
      return { nodes: [["If", ["c"], ["y"], { then_branch }]], ints: { c: [1] } };
    };
    writeFileSync(path.join(folder, "k.bin"), Buffer.from(Float32Array.of(3).buffer));
    expect(await run(source("k.bin"), 2)).to.deep.equal([6]);
    const error = await clearError(() => importModel(save(source("../k.bin"))));
    expect(error.problem).to.match(/outside the model's folder/);
  });

  it("reads sparse tensors, by flat positions and by indices", async () => {
    const dims = [2, 3];
    const values = [5, 7];
    const nodes = [["Mul", ["x", "w"], ["y"]]] as const;
    for (const indices of [
      [1, 5],
      [
        [0, 1],
        [1, 2],
      ],
    ]) {
      const sparse = { dims, indices, values };
      const expected = [0, 10, 0, 0, 0, 42];
      expect(
        await run({ nodes, sparse: { w: sparse }, inputs: { x: dims } }, 1, 2, 3, 4, 5, 6),
      ).to.deep.equal(expected);
      const inNode: ModelSource["nodes"] = [["Constant", [], ["w"], { sparse_value: { sparse } }], ...nodes];
      expect(await run({ nodes: inNode, inputs: { x: dims } }, 1, 2, 3, 4, 5, 6)).to.deep.equal(expected);
    }
    const outside = { w: { dims, indices: [1, 6], values } };
    const error = await clearError(() => importModel(save({ nodes, sparse: outside, inputs: { x: dims } })));
    expect(error.problem).to.match(/a value outside its shape/);
  });

  it("sorts nodes that read later ones, also through a branch", async () => {
    const branch = { nodes: [["Mul", ["a", "a"], ["t"]]], output: "t" } as const;
    const nodes: ModelSource["nodes"] = [
      ["Neg", ["b"], ["y"]],
      ["If", ["c"], ["b"], { then_branch: branch }],
      ["Add", ["x", "x"], ["a"]],
    ];
    expect(await run({ nodes, ints: { c: [1] } }, 3)).to.deep.equal([-36]);
  });

  const layer = {
    name: "Layer",
    domain: "my.lib",
    inputs: ["a", "b", "c"],
    outputs: ["r", "s"],
    nodes: [
      ["LeakyRelu", ["a"], ["h"], { alpha: { of: "slope" } }],
      ["Clip", ["h", "b", "c"], ["r"]],
      ["Neg", ["h"], ["s"]],
    ],
  } as const;

  it("takes functions of the model's own, with attributes, defaults and inputs left out", async () => {
    const call = (slope?: number): ModelSource => ({
      nodes: [
        ["my.lib:Layer", ["x", "", "one"], ["h"], slope === undefined ? {} : { slope: { float: slope } }],
        ["my.lib:Layer", ["h"], ["", "y"], { slope: { float: 1 } }],
      ],
      floats: { one: { shape: [], data: [1] } },
      functions: [{ ...layer, defaults: { slope: { float: 0.25 } } }],
      inputs: { x: [2] },
    });
    expect(await run(call(0.5), -2, 3)).to.deep.equal([1, -1]);
    expect(await run(call(), -2, 3)).to.deep.equal([0.5, -1]);
  });

  it("refuses functions that call themselves, or each other without end", async () => {
    const nodes = [["my.lib:Layer", ["x"], ["y"]]] as const;
    const again = { ...layer, inputs: ["x"], outputs: ["y"], nodes };
    const { unsupported } = await inspectModel(save({ nodes, functions: [again] }));
    expect(unsupported[0].reason).to.match(/calls itself/);
    const doubling = Array.from({ length: 31 }, (_, i) => ({
      ...layer,
      name: `F${i}`,
      inputs: ["a"],
      outputs: ["r"],
      nodes: [
        [i === 30 ? "Relu" : `my.lib:F${i + 1}`, ["a"], ["h"]],
        [i === 30 ? "Relu" : `my.lib:F${i + 1}`, ["h"], ["r"]],
      ] as const,
    }));
    const start = process.cpuUsage();
    const error = await clearError(() =>
      importModel(save({ nodes: [["my.lib:F0", ["x"], ["y"]]], functions: doubling })),
    );
    expect(error.problem).to.match(/more than \d+ nodes/);
    expect(process.cpuUsage(start).user).to.be.below(10e6);
  });

  it("unrolls a loop of a constant count, and a scan", async () => {
    const body = {
      inputs: ["i", "more", "s"],
      nodes: [
        ["Add", ["s", "x"], ["t"]],
        ["Identity", ["more"], ["again"]],
        ["Mul", ["t", "t"], ["square"]],
      ],
      output: ["again", "t", "square"],
    } as const;
    const loop: ModelSource = {
      nodes: [["Loop", ["n", "", "x"], ["last", "y"], { body }]],
      ints: { n: [3] },
    };
    expect(await run(loop, 1)).to.deep.equal([4, 9, 16]);
    const scanned = {
      inputs: ["s", "e"],
      nodes: [
        ["Add", ["s", "e"], ["t"]],
        ["Identity", ["t"], ["o"]],
      ],
      output: ["t", "o"],
    } as const;
    const scan: ModelSource = {
      nodes: [["Scan", ["zero", "x"], ["last", "y"], { body: scanned, num_scan_inputs: 1 }]],
      floats: { zero: { shape: [], data: [0] } },
      inputs: { x: [3] },
    };
    expect(await run(scan, 1, 2, 4)).to.deep.equal([1, 3, 7]);
    const endless: ModelSource = { nodes: [["Loop", ["", "", "x"], ["last", "y"], { body }]] };
    expect((await inspectModel(save(endless))).unsupported[0].reason).to.match(/more than 4096 rounds/);
  });

  it("says which optional result is not supported, where it is asked for", async () => {
    const pool = (...outputs: string[]): ModelSource => ({
      nodes: [["MaxPool", ["x"], ["y", "where"], { kernel_shape: [2] }]],
      inputs: { x: [1, 1, 4] },
      outputs,
    });
    const { unsupported } = await inspectModel(save(pool("y", "where")));
    expect(unsupported).to.deep.equal([]);
    expect(await run(pool("y"), 1, 2, 3, 4)).to.deep.equal([2, 3, 4]);
  });

  it("takes each size without a name by itself", async () => {
    const nodes = [["Relu", ["x"], ["y"]]] as const;
    const { graph, notices } = await importModel(save({ nodes, inputs: { x: [-1, 3] } }));
    expect(graph.inputs[0].shape).to.deep.equal([1, 3]);
    expect(notices.join()).to.match(/The batch axis of input "x" is open/);
    const error = await clearError(() => importModel(save({ nodes, inputs: { x: [-1, -1] } })));
    expect(error.problem).to.match(/axis 1 of input "x" is open/);
    expect(error.remedy).to.contain("if axis.dim_value <= 0:");
  });

  it("takes sizes of open axes by their names, of several inputs at once", async () => {
    const source: ModelSource = {
      nodes: [["Add", ["x", "z"], ["y"]]],
      inputs: { x: ["n", "t"], z: ["t"] },
    };
    const file = save(source);
    const open = await clearError(() => importModel(file));
    expect(open.remedy).to.contain("--size t=16");
    const { graph, notices } = await importModel(file, { t: 3 });
    expect(graph.inputs.map(({ shape }) => shape)).to.deep.equal([[1, 3], [3]]);
    expect(notices.join()).to.match(/Axis 1 of input "x" is open; the circuit takes 3, as chosen/);
    const unknown = await clearError(() => importModel(file, { t: 3, u: 4 }));
    expect(unknown.problem).to.match(/leaves no size "u" open/);
    expect(unknown.remedy).to.contain("n, t");
  });
});

describe("values that are not what they seem", () => {
  it("an index of -1 is the last class of a one-hot", async () => {
    const { graph } = await importModel(smallCase("onehot_negative.onnx"));
    const x = tensor("float", [2, 4], new Float64Array(8));
    const { data } = interpret(graph, { x }).get("y")!;
    expect(data.filter((value) => value === 1).length).to.equal(2);
  });

  it("softplus is the argument itself beyond its threshold", async () => {
    const { graph } = await importModel(smallCase("softplus_threshold.pt2"));
    const [{ id, shape }] = graph.inputs as [(typeof graph.inputs)[number]];
    const inputs = { [id]: tensor("float", shape, new Float64Array(12).fill(0.4).fill(0.2, 6)) };
    const { data } = interpret(graph, inputs).get("output")!;
    // 2 · 5 · 0.4 = 4 is beyond 3, 2 · 5 · 0.2 = 2 is not.
    expect(data[0]).to.equal(2);
    expectNear(data[11], Math.log1p(Math.exp(2)) / 2, 1e-12);
  });

  it("a constant argument of the export is in the program", async () => {
    const { graph } = await importModel(smallCase("dict_io.pt2"));
    expect(graph.inputs.map(({ id }) => id)).to.deep.equal(["batch_x", "batch_m"]);
    expect(graph.outputs.map(({ id }) => id)).to.deep.equal(["logits", "aux"]);
  });
});
