import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Graph, GraphValue } from "../../../src/graph/types.js";
import { loadInputs, loadSamples } from "../../../src/import/samples/loadSamples.js";
import { clearError, smallCase } from "../support.js";
import { writeZip } from "../zipWriter.js";
import { npy } from "./npy.js";

const value = (id: string, shape: number[], dtype: GraphValue["dtype"] = "float"): GraphValue => ({
  id,
  dtype,
  shape,
});
const graphOf = (inputs: GraphValue[], outputs = [value("y", [1, 3])]): Graph => ({
  inputs,
  outputs,
  nodes: [],
  constants: new Map(),
  types: new Map(),
});
const iris = graphOf([value("x", [1, 4])]);
const f32 = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

describe("forms of samples", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const save = (name: string, bytes: Uint8Array | string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const json = (content: unknown): string => save("samples.json", JSON.stringify(content));
  const rows = async (file: string, graph = iris, id = "x"): Promise<number[][]> =>
    (await loadSamples(file, graph)).inputs.get(id)!.map(({ data }) => [...data]);

  it("one sample without an axis that counts samples", async () => {
    const { count, inputs, notices } = await loadSamples(smallCase("samples_one_flat", "one_flat.npy"), iris);
    expect(count).to.equal(1);
    expect(inputs.get("x")![0].shape).to.deep.equal([1, 4]);
    expect(notices!.join()).to.match(/holds one sample/);
    const two = graphOf([value("a", [1, 2, 2]), value("b", [1, 3])]);
    const file = json({
      a: [
        [1, 2],
        [3, 4],
      ],
      b: [5, 6, 7],
      labels: 2,
      y: [1, 2, 3],
    });
    const samples = await loadSamples(file, two);
    expect(samples.count).to.equal(1);
    expect([...samples.labels!.data]).to.deep.equal([2]);
    expect([...samples.references!.get("y")![0].data]).to.deep.equal([1, 2, 3]);
  });

  it("one sample with such an axis, and numbers that are samples, stay what they are", async () => {
    expect((await loadSamples(json({ x: [[1, 2, 3, 4]] }), iris)).notices).to.equal(undefined);
    expect(await rows(json({ x: [1, 2, 3] }), graphOf([value("x", [1])]))).to.deep.equal([[1], [2], [3]]);
    const error = await clearError(() => loadSamples(json({ x: [1, 2, 3] }), iris));
    expect(error.problem).to.match(/the model takes \[1, 4\]/);
  });

  it("labels that are one-hot are classes, and it says so", async () => {
    const { labels, notices } = await loadSamples(
      smallCase("samples_onehot_labels", "lab_onehot.npz"),
      graphOf([value("x", [1, 4])]),
    );
    expect(labels!.dtype).to.equal("int");
    expect(labels!.data.length).to.equal(40);
    expect(labels!.data.every((label) => [0, 1, 2].includes(label))).to.equal(true);
    expect(notices!.join()).to.match(/one-hot and are taken as the numbers of 3 classes/);
    for (const [given, expected] of [
      [[[0, 1, 0]], [1]],
      [[[false, false, true]], [2]],
      [[[0.5, 0.5, 0]], [0.5, 0.5, 0]],
      [[[1, 1, 0]], [1, 1, 0]],
    ] as const) {
      const file = json({ x: [[1, 2, 3, 4]], labels: given });
      expect([...(await loadSamples(file, iris)).labels!.data]).to.deep.equal(expected);
    }
  });

  it("labels of two values a sample are targets where the output makes no choice", async () => {
    const graph = graphOf([value("x", [1, 4])], [value("y", [2, 1])]);
    const { labels } = await loadSamples(json({ x: [[1, 2, 3, 4]], labels: [[0.0, 1.0]] }), graph);
    expect([...labels!.data]).to.deep.equal([0, 1]);
  });

  it("arrays by position", async () => {
    const two = graphOf([value("a", [2]), value("b", [1], "int")]);
    for (const prefix of ["input", "arr"]) {
      const file = json({ [`${prefix}_1`]: [[7]], [`${prefix}_0`]: [[1, 2]] });
      expect(await rows(file, two, "a")).to.deep.equal([[1, 2]]);
      expect(await rows(file, two, "b")).to.deep.equal([[7]]);
    }
    save("input_0.npy", npy("'<f4'", "2, 4", f32(1, 2, 3, 4, 5, 6, 7, 8)));
    save("output_0.npy", npy("'<f4'", "2, 3", f32(1, 2, 3, 4, 5, 6)));
    rmSync(path.join(folder, "samples.json"));
    const samples = await loadSamples(folder, iris);
    expect(samples.count).to.equal(2);
    expect(samples.references!.get("y")!.length).to.equal(2);
    // Names come before positions.
    const named = graphOf([value("input_1", [1]), value("input_2", [1])]);
    const error = await clearError(() => loadSamples(json({ input_0: [[1]], input_1: [[2]] }), named));
    expect(error.problem).to.match(/"input_0"/);
  });

  it("EZKL's input_data", async () => {
    expect(await rows(json({ input_data: [[1, 2, 3, 4]] }))).to.deep.equal([[1, 2, 3, 4]]);
    const several = json({
      input_data: [[1, 2, 3, 4, 5, 6, 7, 8]],
      output_data: [[1, 2, 3, 4, 5, 6]],
      input_shapes: [[4]],
    });
    const { count, references } = await loadSamples(several, iris);
    expect(count).to.equal(2);
    expect([...references!.get("y")![1].data]).to.deep.equal([4, 5, 6]);
    const nested = json({
      input_data: [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        [9],
      ],
    });
    const graph = graphOf([value("a", [1, 2, 2]), value("b", [1, 1])]);
    expect(await rows(nested, graph, "a")).to.deep.equal([[1, 2, 3, 4]]);
    for (const input_data of [[[1, 2, 3]], ["a"], 5, [["0x01", "0x02", "0x03", "0x04"]], {}])
      await clearError(() => loadSamples(json({ input_data }), iris));
  });

  const record = (a: number, b: number, c: number, d: number): Buffer =>
    Buffer.concat([f32(a), Buffer.from(Float64Array.of(b).buffer), Buffer.from([c]), f32(d).swap32()]);
  const fields = "[('a', '<f4'), ('b', '<f8'), ('c', '|u1'), ('d', '>f4')]";

  it("structured arrays: columns as the elements of the only input", async () => {
    const file = save("t.npy", npy(fields, "2,", Buffer.concat([record(1, 2, 3, 4), record(5, 6, 7, 8)])));
    const { inputs, notices } = await loadSamples(file, iris);
    expect(inputs.get("x")!.map(({ data }) => [...data])).to.deep.equal([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(notices!.join()).to.match(/columns "a", "b", "c", "d" are taken as the elements of "x"/);
    expect((await loadInputs(file, iris.inputs)).count).to.equal(2);
    const zip = save("t.npz", writeZip([{ name: "x.npy", data: npy(fields, "1,", record(1, 2, 3, 4)) }]));
    expect(await rows(zip)).to.deep.equal([[1, 2, 3, 4]]);
  });

  it("structured arrays: fields by the names of inputs, with padding between them", async () => {
    const descr = "[('x', '<f4', (4,)), ('', '|V2'), ('labels', '|i1')]";
    const data = Buffer.concat([f32(1, 2, 3, 4), Buffer.from([9, 9, 2])]);
    const { inputs, labels } = await loadSamples(save("t.npy", npy(descr, "1,", data)), iris);
    expect([...inputs.get("x")![0].data]).to.deep.equal([1, 2, 3, 4]);
    expect([...labels!.data]).to.deep.equal([2]);
  });

  it("structured arrays that are cut, nested, or of other things are refused", async () => {
    const cases: [string, RegExp][] = [
      ["[('a', '<f4'), ('b', '<f8')]", /reach beyond/],
      ["[('a', '<f4'), ('b', '|O')]", /elements of type/],
      ["[('a', [('b', '<f4')])]", /elements of type/],
      ["[('a', '<f4', (99999, 99999))]", /damaged/],
      ["[('a', '<f4'), ('a', '<f4')]", /one name/],
      ["[('a', '|V9999999999999999')]", /elements of type/],
    ];
    for (const [descr, message] of cases) {
      const error = await clearError(() =>
        loadSamples(save("t.npy", npy(descr, "2,", f32(1, 2, 3, 4))), iris),
      );
      expect(error.problem, descr).to.match(message);
    }
  });

  it("a list of one object per sample: by names of inputs, or columns with a label", async () => {
    const named = json([{ x: [1, 2, 3, 4] }, { x: [5, 6, 7, 8] }]);
    expect(await rows(named)).to.deep.equal([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    const table = [1, 2].map((i) => ({ a: i, b: 2 * i, c: 0.5, d: -i, label: i - 1 }));
    const { labels, inputs, notices } = await loadSamples(json(table), iris);
    expect(inputs.get("x")!.map(({ data }) => [...data])).to.deep.equal([
      [1, 2, 0.5, -1],
      [2, 4, 0.5, -2],
    ]);
    expect([...labels!.data]).to.deep.equal([0, 1]);
    expect(notices!.join()).to.match(/"label" is taken as labels/);
    for (const bad of [[{ a: 1 }, { b: 1 }], [{ a: 1 }, 2], [{ a: {} }]])
      expect(await clearError(() => loadSamples(json(bad), iris))).to.match(
        /does not name "a"|holds an object/,
      );
  });

  it("names of other programs for the only input and for labels, and says so", async () => {
    const file = save(
      "samples.npz",
      writeZip([
        { name: "X.npy", data: npy("'<f4'", "2, 4", f32(1, 2, 3, 4, 5, 6, 7, 8)) },
        { name: "target.npy", data: npy("'<f4'", "2,", f32(1, 2)) },
      ]),
    );
    const { labels, inputs, notices } = await loadSamples(file, iris);
    expect(inputs.get("x")![1].data[3]).to.equal(8);
    expect([...labels!.data]).to.deep.equal([1, 2]);
    expect(notices!.join()).to.match(/"X" is taken as the input/);
    expect((await loadInputs(file, iris.inputs)).count).to.equal(2);
    // A column of a table stays one.
    const table = json({ X: [1, 2], b: [3, 4], c: [5, 6], d: [7, 8] });
    expect(await rows(table)).to.deep.equal([
      [1, 3, 5, 7],
      [2, 4, 6, 8],
    ]);
  });
});
