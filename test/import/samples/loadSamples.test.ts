import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { Torch2CircomError } from "../../../src/errors/torch2circomError.js";
import type { Graph, GraphValue } from "../../../src/graph/types.js";
import { loadSamples } from "../../../src/import/samples/loadSamples.js";
import { clearError, fixture } from "../support.js";
import { writeZip } from "../zipWriter.js";

const value = (id: string, shape: number[], dtype: GraphValue["dtype"] = "float"): GraphValue => ({
  id,
  dtype,
  shape,
});
const graphOf = (inputs: GraphValue[], outputs = [value("output", [1, 3])]): Graph => ({
  inputs,
  outputs,
  nodes: [],
  constants: new Map(),
  types: new Map(),
});
const iris = graphOf([value("x", [1, 4])]);

function npy(header: string, data: Uint8Array, version = 1): Buffer {
  const text = Buffer.from(`${header}\n`);
  const start = Buffer.alloc(version === 1 ? 10 : 12);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(text.length, 8);
  else start.writeUInt32LE(text.length, 8);
  return Buffer.concat([start, text, data]);
}
const header = (descr: string, shape: string, fortran = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;
const f32 = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

describe("loading samples", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));
  const save = (name: string, bytes: Uint8Array | string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };

  it("reads the same from .npz, a folder and .json", async () => {
    const npz = await loadSamples(fixture("iris_mlp", "samples.npz"), iris);
    const fromFolder = await loadSamples(fixture("iris_mlp"), iris);
    expect(npz).to.deep.equal(fromFolder);
    expect(npz.count).to.equal(64);
    expect(npz.inputs.get("x")![5].shape).to.deep.equal([1, 4]);
    expect(npz.labels!.dtype).to.equal("int");
    expect(npz.references!.get("output")!.length).to.equal(64);
    const inputs = npz.inputs.get("x")!.map(({ data }) => [...data]);
    const json = save("samples.json", JSON.stringify({ x: inputs, labels: [...npz.labels!.data] }));
    const fromJson = await loadSamples(json, iris);
    expect(fromJson.inputs).to.deep.equal(npz.inputs);
    const bare = await loadSamples(save("bare.json", JSON.stringify(inputs)), iris);
    expect(bare.inputs).to.deep.equal(npz.inputs);
  });

  it("matches several inputs by their names", async () => {
    const graph = graphOf([value("left", [1, 2]), value("right", [3], "int")]);
    const file = save("two.json", JSON.stringify({ left: [[1, 2]], right: [[1, 2, 3]] }));
    const { inputs } = await loadSamples(file, graph);
    expect([...inputs.get("right")![0].data]).to.deep.equal([1, 2, 3]);
  });

  const types: [string, Buffer, number[]][] = [
    ["<f4", f32(1.5, -2), [1.5, -2]],
    [">f4", f32(1.5, -2).swap32(), [1.5, -2]],
    ["<f8", Buffer.from(Float64Array.of(0.1, -2).buffer), [0.1, -2]],
    ["<f2", Buffer.from(Uint16Array.of(0x3e00, 0xc000).buffer), [1.5, -2]],
    ["<i4", Buffer.from(Int32Array.of(7, -2).buffer), [7, -2]],
    ["<i8", Buffer.from(BigInt64Array.of(7n, -2n).buffer), [7, -2]],
    ["|u1", Buffer.from([7, 255]), [7, 255]],
    ["|b1", Buffer.from([0, 1]), [0, 1]],
  ];
  for (const [descr, data, expected] of types) {
    for (const version of [1, 2, 3]) {
      it(`reads ${descr} of format version ${version}`, async () => {
        const file = save("a.npy", npy(header(descr, "1, 2"), data, version));
        const { inputs } = await loadSamples(file, graphOf([value("x", [2])]));
        expect([...inputs.get("x")![0].data]).to.deep.equal(expected);
      });
    }
  }

  it("reads Fortran order", async () => {
    const file = save("f.npy", npy(header("<f4", "2, 3", "True"), f32(1, 4, 2, 5, 3, 6)));
    const { inputs } = await loadSamples(file, graphOf([value("x", [3])]));
    expect(inputs.get("x")!.map(({ data }) => [...data])).to.deep.equal([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  const json = (content: unknown) => (): string => save("bad.json", JSON.stringify(content));
  const array = (bytes: Buffer) => (): string => save("bad.npy", bytes);
  const row = [1, 2, 3, 4];
  const refused: [string, () => string, RegExp][] = [
    [
      "a wrong shape",
      json({ x: [[1, 2, 3]] }),
      /each sample of "x" has the shape \[3\], the model takes \[1, 4\]/,
    ],
    ["a missing input", json({ labels: [1] }), /no samples for the input "x"; it holds "labels"/],
    ["an unknown name", json({ x: [row], extra: [1] }), /holds "extra", which the model does not know/],
    ["no samples", json({ x: [] }), /holds no samples/],
    [
      "labels for other samples",
      json({ x: [row], labels: [1, 2] }),
      /"labels" is for 2 samples, the inputs are 1/,
    ],
    ["ragged lists", json({ x: [row, [1]] }), /not all of one length/],
    ["texts", json({ x: [["a", "b", "c", "d"]] }), /a string where a number should be/],
    ["broken JSON", () => save("bad.json", '{"x": [[NaN]]}'), /not valid JSON/],
    ["NaN", array(npy(header("<f4", "1, 4"), f32(1, NaN, 3, 4))), /sample 0 of "input" holds NaN/],
    [
      "Infinity",
      array(npy(header("<f4", "2, 4"), f32(...row, 1, 2, 3, Infinity))),
      /sample 1 of "input" holds Infinity/,
    ],
    ["pickled objects", array(npy(header("|O", "1, 4"), f32(...row))), /elements of type '\|O'/],
    ["a cut array", array(npy(header("<f4", "1, 4"), f32(1, 2))), /reaches beyond/],
    ["a huge shape", array(npy(header("<f4", "999999999999, 4"), f32(1, 2))), /damaged/],
    ["another file", () => fixture("iris_mlp", "model.onnx"), /holds no samples/],
    [
      "an empty folder",
      () => (mkdirSync(path.join(folder, "empty")), path.join(folder, "empty")),
      /no \.npy files/,
    ],
    ["a missing file", () => path.join(folder, "absent.npz"), /cannot be read/],
  ];
  for (const [what, file, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await clearError(() => loadSamples(file(), iris));
      expect(error.problem).to.match(message);
      expect(error.remedy.length).to.be.greaterThan(20);
    });
  }

  it("refuses fractions for an input of integers", async () => {
    const file = save("half.json", JSON.stringify({ x: [[0.5]] }));
    const error = await clearError(() => loadSamples(file, graphOf([value("x", [1], "int")])));
    expect(error.problem).to.match(/the model takes integers/);
  });

  it("ends damaged archives in a clear error", async () => {
    const original = readFileSync(fixture("iris_mlp", "samples.npz"));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(original.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, cut) => {
          const bytes = Buffer.from(original);
          bytes[at] ^= flip;
          const file = save("damaged.npz", cut ? bytes.subarray(0, at) : bytes);
          try {
            expect((await loadSamples(file, iris)).count).to.equal(64);
          } catch (error) {
            if (!(error instanceof Torch2CircomError)) throw error;
          }
        },
      ),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it("refuses the name __proto__ like any other", async () => {
    const file = save(
      "p.npz",
      writeZip([{ name: "__proto__.npy", data: npy(header("<f4", "1, 4"), f32(...row)) }]),
    );
    expect((await clearError(() => loadSamples(file, iris))).problem).to.match(/"__proto__"/);
  });
});
