import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { evaluateFile, inspectFile } from "../../src/runtime/models/files.js";
import { writeModel } from "../import/onnx/writer.js";
import { programJson, type Node, type Tensors, float, int } from "../import/pt2/program.js";
import { writePt2, type WeightType } from "../import/pt2/writePt2.js";
import { expectNear } from "../helpers/near.js";
import { npy } from "../quantize/npy.js";

const COUNT = 40;
const [TOKENS, WIDTH, CLASSES] = [5, 4, 3];

/** Whole sixteenths, which a half and a bfloat16 hold exactly. */
const sixteenths = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => (((i + seed) * 37) % 31) / 16 - 15 / 16);

const table = sixteenths(TOKENS * WIDTH, 1);
const weight = sixteenths(CLASSES * WIDTH, 2);
const xs = Array.from({ length: COUNT }, (_, n) => sixteenths(WIDTH, 5 * n + 3));
const tokens = Array.from({ length: COUNT }, (_, n) => [n % TOKENS, (2 * n + 1) % TOKENS]);

/** hidden = x + the tokens' mean row; y = hidden · weightᵀ; z = relu(hidden). */
const hidden = xs.map((x, n) =>
  x.map((v, i) => v + tokens[n].reduce((sum, t) => sum + table[t * WIDTH + i], 0) / 2),
);
const y = hidden.map((h) =>
  Array.from({ length: CLASSES }, (_, c) => h.reduce((sum, v, i) => sum + v * weight[c * WIDTH + i], 0)),
);
const z = hidden.map((h) => h.map((v) => Math.max(v, 0)));
const best = y.map((row) => row.indexOf(Math.max(...row)));

function pt2(type: WeightType): Buffer {
  const nodes: Node[] = [
    ["embedding.default", { weight: "%table", indices: "%ids" }, ["rows"]],
    ["mean.dim", { self: "%rows", dim: [1] }, ["mean"]],
    ["add.Tensor", { self: "%x", other: "%mean" }, ["h"]],
    ["linear.default", { input: "%h", weight: "%weight" }, ["y"]],
    ["relu.default", { self: "%h" }, ["z"]],
  ];
  const weights: Tensors = {
    table: float([TOKENS, WIDTH], ...table),
    weight: float([CLASSES, WIDTH], ...weight),
  };
  const inputs = { x: float([1, WIDTH], 0, 0, 0, 0), ids: int([1, 2], 0, 0) };
  return writePt2(programJson(nodes, inputs, weights, { open: 0, outputs: ["y", "z"] }), weights, type);
}

const onnx = writeModel({
  inputs: { x: ["batch", WIDTH], ids: ["batch", 2] },
  intInputs: ["ids"],
  outputs: ["output_0", "output_1"],
  floats: {
    table: { shape: [TOKENS, WIDTH], data: table },
    weight: { shape: [CLASSES, WIDTH], data: weight },
  },
  ints: { axes: [1] },
  nodes: [
    ["Gather", ["table", "ids"], ["rows"]],
    ["ReduceMean", ["rows", "axes"], ["mean"], { keepdims: 0 }],
    ["Add", ["x", "mean"], ["h"]],
    ["Gemm", ["h", "weight"], ["output_0"], { transB: 1 }],
    ["Relu", ["h"], ["output_1"]],
  ],
});

describe("evaluating a file on a folder of samples", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));

  const evaluate = (name: string, model: Uint8Array, labels?: Buffer) => {
    const samples = path.join(folder, name);
    mkdirSync(samples);
    const save = (file: string, content: Uint8Array) => writeFileSync(path.join(samples, file), content);
    save("x.npy", npy("<f4", [COUNT, WIDTH], xs.flat()));
    save("ids.npy", npy("<i8", [COUNT, 1, 2], tokens.flat()));
    save("output_0.npy", npy("<f4", [COUNT, 1, CLASSES], y.flat()));
    save("output_1.npy", npy("<f4", [COUNT, 1, WIDTH], z.flat()));
    if (labels !== undefined) save("labels.npy", labels);
    save("model.bin", model);
    return evaluateFile(path.join(samples, "model.bin"), samples);
  };

  const files: [string, () => Uint8Array][] = [
    ["onnx with an open batch", () => onnx],
    ["pt2 with float32 weights", () => pt2("float32")],
    ["pt2 with float16 weights", () => pt2("float16")],
    ["pt2 with bfloat16 weights", () => pt2("bfloat16")],
  ];
  for (const [name, model] of files) {
    it(`${name}: numbers and tokens in, two outputs out, class labels`, async () => {
      const wrong = best.map((label, n) => (n < 4 ? (label + 1) % CLASSES : label));
      const result = await evaluate(name, model(), npy("<i8", [COUNT], wrong));
      expect(result).to.include({ samples: COUNT, metric: "accuracy", floatScore: (COUNT - 4) / COUNT });
      expect(result).to.include({ weightBits: 8, activationBits: 8 });
      expectNear(result.integerScore!, result.floatScore!, 0.05);
      // The reference outputs are singles.
      expect(result.maxAbsFloatError).to.be.below(1e-6);
      expect(result.maxAbsIntegerError).to.be.below(0.1);
      const nats = y.map((row, n) => Math.log(row.reduce((sum, v) => sum + Math.exp(v - row[wrong[n]]), 0)));
      expectNear(result.crossEntropy!.float, nats.reduce((a, b) => a + b) / COUNT, 1e-9);
      expectNear(result.crossEntropy!.integer / result.crossEntropy!.float, 1, 0.05);
    });
  }

  it("measures real labels by their mean square", async () => {
    const off = y.map((row) => row.map((v) => v + 0.5));
    const result = await evaluate("real labels", onnx, npy("<f8", [COUNT, CLASSES], off.flat()));
    expect(result.metric).to.equal("mse");
    expectNear(result.floatScore!, 0.25, 1e-9);
    expectNear(result.integerScore!, 0.25, 0.02);
    expect(result.crossEntropy).to.equal(undefined);
  });

  it("compares the two models alone where nothing is known of the samples", async () => {
    const result = await evaluate("no labels", onnx);
    expect(result).to.include({ metric: null, floatScore: null, integerScore: null });
    expect(result.agreement).to.be.above(0.9);
  });

  describe("refuses labels of which a score would mean nothing", () => {
    const cases: [string, Buffer, string][] = [
      [
        "one-hot rows of whole numbers",
        npy(
          "<i8",
          [COUNT, CLASSES],
          y.flat().map(() => 0),
        ),
        "1 decisions",
      ],
      [
        "a class beyond the last",
        npy(
          "<i8",
          [COUNT],
          best.map(() => CLASSES),
        ),
        "hold 3 for sample 0",
      ],
      [
        "a class below the first",
        npy(
          "<i8",
          [COUNT],
          best.map((_, n) => (n === 7 ? -1 : 0)),
        ),
        "hold -1 for sample 7",
      ],
      ["class numbers as real ones", npy("<f4", [COUNT], best), "1 real values a sample"],
      [
        "real values that are none",
        npy(
          "<f4",
          [COUNT, CLASSES],
          y.flat().map(() => NaN),
        ),
        "hold NaN for sample 0",
      ],
    ];
    for (const [name, labels, problem] of cases) {
      it(name, async () => {
        const error: unknown = await evaluate(name, onnx, labels).catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(Torch2CircomError);
        expect((error as Error).message).to.contain(problem);
      });
    }
  });

  it("refuses a model that gives no number", async () => {
    const model = writeModel({
      inputs: { x: [1, WIDTH] },
      nodes: [["Gemm", ["x", "weight"], ["y"], { transB: 1 }]],
      floats: { weight: { shape: [1, WIDTH], data: [NaN, 1, 1, 1] } },
    });
    const [file, samples] = ["nan.onnx", "nan.npy"].map((name) => path.join(folder, name));
    writeFileSync(file, model);
    writeFileSync(samples, npy("<f4", [COUNT, WIDTH], xs.flat()));
    const error: unknown = await evaluateFile(file, samples).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message).to.contain('output "y" is NaN on sample 0');
  });

  it("refuses a model that takes no number", async () => {
    const file = path.join(folder, "empty.onnx");
    writeFileSync(file, writeModel({ inputs: { x: [1, 0] }, nodes: [["Relu", ["x"], ["y"]]] }));
    const error: unknown = await inspectFile(file).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Torch2CircomError);
    expect((error as Error).message).to.contain('"x" of shape [1, 0] holds no number');
  });

  it("passes over hidden files", async () => {
    const samples = path.join(folder, "hidden files");
    const model = path.join(folder, "hidden.onnx");
    mkdirSync(samples);
    writeFileSync(path.join(samples, "x.npy"), npy("<f4", [COUNT, WIDTH], xs.flat()));
    writeFileSync(path.join(samples, "ids.npy"), npy("<i8", [COUNT, 1, 2], tokens.flat()));
    writeFileSync(path.join(samples, "._x.npy"), "Mac OS X");
    writeFileSync(model, onnx);
    expect(await evaluateFile(model, samples)).to.include({ samples: COUNT });
  });
});
