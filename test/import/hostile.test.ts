import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { importModel } from "../../src/import/importModel.js";
import { inspectModel } from "../../src/import/inspectModel.js";
import { entries, mutate, randomFrom } from "./mutate.js";
import { clearError, fixture } from "./support.js";
import { writeZip } from "./zipWriter.js";
import { writeModel } from "./onnx/writer.js";

describe("files that are not models", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));
  const save = (bytes: Uint8Array | string, name = "model.pt2"): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };

  const others: [string, () => string, RegExp][] = [
    ["a state_dict", () => fixture("iris_mlp", "state_dict.pth"), /a state_dict/],
    ["TorchScript", () => fixture("iris_mlp", "model.torchscript.pt"), /a TorchScript module/],
    ["samples", () => fixture("iris_mlp", "samples.npz"), /NumPy file of arrays/],
    ["an array", () => fixture("iris_mlp", "input.npy"), /a NumPy array/],
    ["a text", () => save("print('hello')\n"), /no file of a known model format/],
    ["nothing", () => save(""), /an empty file/],
    ["a Git LFS pointer", () => save("version https://git-lfs.github.com/spec/v1\n"), /Git LFS pointer/],
    [
      "a pickled module",
      () => save(moduleArchive("__main__\nNet")),
      /a pickled Python object \(it names "__main__.Net"\)/,
    ],
    [
      "a bare pickle",
      () => save(Buffer.from("\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.", "latin1")),
      /it names "os.system"/,
    ],
    [
      "another zip",
      () => save(writeZip([{ name: "readme.txt", data: Buffer.from("hi") }])),
      /a zip file without a model/,
    ],
  ];
  for (const [what, file, message] of others) {
    it(`names ${what}, and shows how to export`, async () => {
      const error = await clearError(() => importModel(file()));
      expect(error.problem).to.match(message);
      expect(error.remedy).to.contain("torch.export.export(model.eval(), (example_input,))");
      expect(error.remedy).to.contain("torch.export.save(program");
    });
  }

  it("goes by content, not by name", async () => {
    const file = save(readFileSync(fixture("iris_mlp", "model.onnx")), "really.pt2");
    expect((await importModel(file)).format).to.equal("onnx");
  });

  it("refuses a missing file and a folder", async () => {
    expect((await clearError(() => importModel(path.join(folder, "absent.pt2")))).problem).to.match(
      /cannot be read/,
    );
    await clearError(() => importModel(folder));
  });

  it("refuses weights that name a function, by that name", async () => {
    const evil = Buffer.from("\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.", "latin1");
    const state = writeZip([{ name: "archive/data.pkl", data: evil }]);
    const file = save(replaceEntry(fixture("iris_mlp", "model.pt2"), "serialized_state_dict.pt", state));
    expect((await clearError(() => importModel(file))).problem).to.contain('"os.system"');
  });

  it("refuses data files outside the model's folder", async () => {
    for (const location of ["../secret", "/etc/hostname", ""]) {
      const file = save(writeModel({ external: location }), "model.onnx");
      expect((await clearError(() => importModel(file))).problem).to.match(/outside the model's folder/);
    }
    symlinkSync("/etc/hostname", path.join(folder, "link"));
    const file = save(writeModel({ external: "link" }), "model.onnx");
    expect((await clearError(() => importModel(file))).problem).to.match(/links to a file outside/);
  });

  it("reads a data file beside the model, and hashes it with the model", async () => {
    const file = save(writeModel({ external: "weights.bin" }), "model.onnx");
    save(Buffer.from(Float32Array.of(3).buffer), "weights.bin");
    const first = await importModel(file);
    expect([...first.graph.constants.get("w")!.data]).to.deep.equal([3]);
    save(Buffer.from(Float32Array.of(4).buffer), "weights.bin");
    expect((await importModel(file)).sha256).not.to.equal(first.sha256);
    save(Buffer.from([1, 2]), "weights.bin");
    expect((await clearError(() => importModel(file))).problem).to.match(/beyond its data file/);
    rmSync(path.join(folder, "weights.bin"));
  });

  it("refuses a data file that is missing", async () => {
    const file = save(writeModel({ external: "weights.bin" }), "model.onnx");
    expect((await clearError(() => importModel(file))).problem).to.match(/not beside it/);
  });

  it("refuses huge shapes and graphs that go round in circles", async () => {
    const huge = save(
      writeModel({ nodes: [["ConstantOfShape", ["shape"], ["y"]]], ints: { shape: [2e9, 2e9] } }),
      "m.onnx",
    );
    await clearError(() => importModel(huge));
    const circle = save(writeModel({ nodes: [["Add", ["x", "y"], ["y"]]] }), "m.onnx");
    expect((await clearError(() => importModel(circle))).problem).to.match(/never computed/);
  });

  it("lists every unsupported operator at once, with node and module", async () => {
    const nodes: [string, string[], string[]][] = [
      ["NonZero", ["x"], ["a"]],
      ["Relu", ["a"], ["b"]],
      ["Bernoulli", ["x"], ["y"]],
    ];
    const file = save(
      writeModel({ nodes, names: ["/enc/layer.0/NonZero", "/enc/Relu", "/head/Bernoulli"] }),
      "m.onnx",
    );
    const { problem } = await clearError(() => importModel(file));
    expect(problem).to.match(/2 operators that are not supported/);
    expect(problem).to.match(/NonZero at \/enc\/layer\.0\/NonZero in enc\.layer\.0/);
    expect(problem).to.match(/Bernoulli at \/head\/Bernoulli in head/);
    expect(problem).not.to.match(/Relu/);
    const { unsupported, layers } = await inspectModel(file);
    expect(unsupported.map(({ operator }) => operator)).to.deep.equal(["NonZero", "Bernoulli"]);
    expect(layers.length).to.equal(3);
  });

  it("does not take __proto__ for anything but a name", async () => {
    const json = readEntry(fixture("iris_mlp", "model.pt2"), "serialized_exported_program.json").toString();
    const program = json.replaceAll('"x"', '"__proto__"');
    const file = save(
      replaceEntry(
        fixture("iris_mlp", "model.pt2"),
        "serialized_exported_program.json",
        Buffer.from(program),
      ),
    );
    await importModel(file).catch((error: unknown) => expect(error).to.be.instanceOf(Torch2CircomError));
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });

  it("shows no control characters of a file", async () => {
    const file = save(writeModel({ nodes: [["\u001b[2J\u0007Evil", ["x"], ["y"]]] }), "m.onnx");
    const { problem } = await clearError(() => importModel(file));
    expect(problem).to.contain("?[2J?Evil");
    expect(problem.replaceAll("\n", "")).not.to.match(/\p{Cc}/u);
  });

  it("survives nesting without end", async () => {
    const deep = Buffer.from(`${"[".repeat(5e5)}`);
    const file = save(
      replaceEntry(fixture("iris_mlp", "model.pt2"), "serialized_exported_program.json", deep),
    );
    await clearError(() => importModel(file));
    // A message in a message in a message …
    let message = Buffer.alloc(0);
    for (let i = 0; i < 3000; i++)
      message = Buffer.concat([Buffer.from([0x3a]), varint(message.length), message]);
    await clearError(() => importModel(save(message, "m.onnx")));
  });
});

describe("damaged files", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), "torch2circom-"))));
  after(() => rmSync(folder, { recursive: true }));

  for (const name of [
    "model.pt2",
    "model.layout28.pt2",
    "model.t213.pt2",
    "model.onnx",
    "model.dynamo.onnx",
  ]) {
    const original = readFileSync(fixture("iris_mlp", name));

    /** Imports the damaged file; it must be a whole model or end in a clear error, at once. */
    const attempt = async (bytes: Uint8Array): Promise<boolean> => {
      const file = path.join(folder, name);
      writeFileSync(file, bytes);
      const start = process.cpuUsage();
      try {
        return (await importModel(file)).graph.outputs.length === 1;
      } catch (error) {
        if (!(error instanceof Torch2CircomError)) throw error;
        return false;
      } finally {
        const { user, system } = process.cpuUsage(start);
        expect(user + system, "microseconds").to.be.below(2e6);
      }
    };

    it(`${name}: a missing end ends in a clear error`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(original.length - 1), async (end) => {
          // An ONNX file may be cut between its fields and still hold a whole graph.
          expect((await attempt(original.subarray(0, end))) && name.endsWith(".pt2")).to.equal(false);
        }),
        { numRuns: 100, endOnFailure: true },
      );
    });

    it(`${name}: damage of any kind ends in a clear error or a whole model`, async function () {
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          async (seed) => void (await attempt(mutate(original, randomFrom(seed)))),
        ),
        { numRuns: 300, endOnFailure: true },
      );
    });
  }
});

function moduleArchive(global: string): Buffer {
  return writeZip([{ name: "net/data.pkl", data: Buffer.from(`\x80\x02c${global}\n)R.`, "latin1") }]);
}

function readEntry(file: string, name: string): Buffer {
  return entries(readFileSync(file)).find((entry) => entry.name === name)!.data;
}

function replaceEntry(file: string, name: string, data: Buffer): Buffer {
  return writeZip(entries(readFileSync(file)).map((entry) => (entry.name === name ? { name, data } : entry)));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}
