import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Graph } from "../../../src/graph/types.js";
import { loadInputs, loadSamples } from "../../../src/import/samples/loadSamples.js";
import { clearError } from "../support.js";
import { writeZip } from "../zipWriter.js";
import { npy } from "./npy.js";

const graph: Graph = {
  inputs: [{ id: "x", dtype: "float", shape: [1, 2] }],
  outputs: [{ id: "y", dtype: "float", shape: [1, 3] }],
  nodes: [],
  constants: new Map(),
  types: new Map(),
};
const row = npy("'<f4'", "1, 2", Buffer.from(Float32Array.of(1, 2).buffer));

/** Texts as NumPy writes them: so many characters each, filled up with zeros. */
function wide(texts: readonly string[], order: "<" | ">" = "<"): Buffer {
  const width = Math.max(...texts.map((text) => [...text].length));
  const data = Buffer.alloc(4 * width * texts.length);
  texts.forEach((text, i) =>
    [...text].forEach((character, j) => {
      const at = 4 * (i * width + j);
      if (order === "<") data.writeUInt32LE(character.codePointAt(0)!, at);
      else data.writeUInt32BE(character.codePointAt(0)!, at);
    }),
  );
  return npy(`'${order}U${width}'`, `${texts.length},`, data);
}

describe("names in samples", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const save = (name: string, bytes: Uint8Array | string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const zip = (files: Record<string, Buffer>) =>
    save("s.npz", writeZip(Object.entries(files).map(([name, data]) => ({ name: `${name}.npy`, data }))));

  it("are lists of text of an .npz, of a folder and of JSON", async () => {
    const names = { features: ["sepal length", "π"], units: ["cm", ""], classes: ["a", "bb", "𝔠"] };
    const files = {
      input: row,
      feature_names: wide(names.features),
      feature_units: npy("'|S2'", "2,", Buffer.from("cm\0\0", "latin1")),
      class_names: wide(names.classes, ">"),
    };
    expect((await loadSamples(zip(files), graph)).names).to.deep.equal(names);
    expect((await loadInputs(zip(files), graph.inputs)).count).to.equal(1);
    const own = path.join(folder, "own");
    mkdirSync(own);
    for (const [name, data] of Object.entries(files)) save(path.join("own", `${name}.npy`), data);
    expect((await loadSamples(own, graph)).names).to.deep.equal(names);
    const text = { input: [[1, 2]], feature_names: names.features, class_names: names.classes };
    const json = await loadSamples(save("s.json", JSON.stringify(text)), graph);
    expect(json.names).to.deep.equal({ features: names.features, classes: names.classes });
    expect((await loadSamples(zip({ input: row }), graph)).names).to.equal(undefined);
  });

  it("are those of a table's columns", async () => {
    const table = [{ width: 1, height: 2, labels: 0 }];
    const { names } = await loadSamples(save("t.json", JSON.stringify(table)), graph);
    expect(names).to.deep.equal({ columns: ["width", "height"] });
    const records = npy("[('w', '<f4'), ('h', '<f4')]", "1,", Buffer.from(Float32Array.of(1, 2).buffer));
    expect((await loadSamples(save("t.npy", records), graph)).names).to.deep.equal({ columns: ["w", "h"] });
    expect((await loadSamples(zip({ x: records }), graph)).names).to.deep.equal({ columns: ["w", "h"] });
  });

  it("are refused where they are no list, too long, cut off or none; other text stays refused", async () => {
    for (const [feature_names, words] of [
      [npy("'<U1'", "2, 1", Buffer.alloc(8)), "it is not a list"],
      [npy("'<U1025'", "1,", Buffer.alloc(4100)), "it is not a list"],
      [npy("'<U1'", "65537,", Buffer.alloc(4)), "it is not a list"],
      [npy("'<U3'", "2,", Buffer.alloc(20)), "it is cut off"],
      [npy("'<U1'", "1,", Buffer.from([0, 0, 0x11, 0])), "a character of it is none"],
      [npy("'|S1'", "1,", Buffer.from([0xff])), "a character of it is none"],
      [npy("'|O'", "1,", Buffer.alloc(9)), "not numbers"],
    ] as const) {
      const { problem, code } = await clearError(() =>
        loadSamples(zip({ input: row, feature_names }), graph),
      );
      expect(problem).to.contain(words);
      expect(code).to.equal("SAMPLES_INVALID");
    }
    const other = await clearError(() => loadSamples(zip({ input: row, y_names: wide(["a"]) }), graph));
    expect(other.problem).to.contain("not numbers");
    const mixed = JSON.stringify({ input: [[1, 2]], feature_names: ["a", 1] });
    expect((await clearError(() => loadSamples(save("m.json", mixed), graph))).problem).to.contain(
      "a string",
    );
  });
});
