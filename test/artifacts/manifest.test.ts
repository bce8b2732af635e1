import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../src/artifacts/canonicalJson.js";
import { hashFile, hashOf } from "../../src/artifacts/hash.js";
import {
  hashFiles,
  type Manifest,
  readManifest,
  setupHash,
  writeManifest,
} from "../../src/artifacts/manifest.js";
import { changedFiles } from "../helpers/changedFiles.js";
import { modelPaths } from "../../src/artifacts/paths.js";
import { toolVersions } from "../../src/artifacts/toolVersions.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

describe("canonicalJson", () => {
  it("does not depend on the order of properties, and reads back as the same value", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).reverse());
        const text = canonicalJson(value);
        expect(canonicalJson(shuffled)).to.equal(text);
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("sorts, leaves undefined out, and has no text for NaN", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: undefined, B: 1e21 })).to.equal(
      '{"B":1e+21,"b":[1,{"c":"é","d":null}]}',
    );
    expect(() => canonicalJson([NaN])).to.throw("NaN");
  });
});

describe("manifest", () => {
  let folder: string;
  let manifest: Manifest;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "manifest-"));
    await writeFile(join(folder, "main.r1cs"), "constraints");
    await writeFile(join(folder, "proving.zkey"), "key");
    const files = { r1cs: "main.r1cs", zkey: "proving.zkey" };
    const part: Pick<Manifest, "setup" | "ceremony"> = {
      setup: "development",
      ceremony: {
        circuitHash: await hashFile(join(folder, "main.r1cs")),
        ptauHash: null,
        contributionHashes: [],
        beacon: null,
        tools: toolVersions(),
      },
    };
    const packing = { count: 4, width: 8, offset: -128, perWord: 31, words: 1 };
    manifest = {
      format: "torch2circom-manifest-1",
      name: "tiny",
      model: { file: "tiny.pt2", format: "pt2", sha256: hashOf("tiny") },
      inputMode: "committed",
      outputMode: "public",
      domain: "123",
      inputs: [{ name: "x", signal: "x", shape: [1, 4], scale: [0.5], offset: [0], hi: 127, packing }],
      outputs: [{ name: "y", shape: [1, 4], kind: "values", scale: [0.25], offset: [0], packing }],
      constraints: { nonlinear: 10, linear: 2, wires: 13 },
      accuracy: { samples: 9, floatScore: null, integerScore: null, agreement: 1 },
      ...part,
      setupHash: setupHash(part),
      files,
      hashes: await hashFiles(folder, files),
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  const refused = async (text: string): Promise<string> => {
    await writeFile(join(folder, "manifest.json"), text);
    const error = await readManifest(join(folder, "manifest.json")).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Torch2CircomError);
    return (error as Error).message;
  };

  it("is read as it was written", async () => {
    const path = join(folder, "manifest.json");
    await writeManifest(path, manifest);
    expect(await readManifest(path)).to.deep.equal(manifest);
  });

  it("names what is wrong with a damaged one", async () => {
    expect(await refused("{")).to.contain("not JSON");
    expect(await refused(JSON.stringify({ ...manifest, format: "other" }))).to.contain("format");
    expect(await refused(JSON.stringify({ ...manifest, setup: "ceremony" }))).to.contain("setup");
    expect(await refused(JSON.stringify({ ...manifest, extra: 1 }))).to.contain("extra");
    const card = { outputs: { y: { classes: ["a"] } } };
    expect(await refused(JSON.stringify({ ...manifest, card }))).to.contain("y.classes: 1 entries");
    expect(await refused(JSON.stringify({ ...manifest, card: { title: "a\u0007" } }))).to.contain(
      "card.title",
    );
    const relabelled = { ...manifest, setup: "single-contributor" };
    expect(await refused(JSON.stringify(relabelled))).to.contain("setup hash");
  });

  it("names no tensor as objects do their own, and has none that fills the memory", async () => {
    const packing = { count: 1, width: 8, offset: 0, perWord: 31, words: 1 };
    const one = { name: "x", signal: "x", shape: [1], scale: [1], offset: [0], hi: 255, packing };
    const [large, huge] = [2 ** 23, 1e9].map((size) => ({ ...one, shape: [size], elements: [0] }));
    const read = (...inputs: object[]) => refused(JSON.stringify({ ...manifest, inputs }));
    expect(await read({ ...one, name: "__proto__" })).to.contain("inputs.0.name: it cannot be a name");
    expect(await read(huge)).to.contain("shape: it has more than 16777216 elements");
    const [x, y, z] = ["x", "y", "z"].map((name) => ({ ...large, name }));
    expect(await read(x, y, z)).to.contain("inputs: it has more than 16777216 elements");
    const path = join(folder, "manifest.json");
    await writeManifest(path, { ...manifest, inputs: [x, x, x, y] });
    expect((await readManifest(path)).inputs).to.have.length(4);
  });

  it("refuses a build that is not there", async () => {
    const error = await readManifest(join(folder, "no.json")).catch((reason: unknown) => reason);
    expect((error as Error).message).to.contain("Build the model first");
  });

  it("changes its setup hash with every part of the setup", () => {
    const { setup, ceremony } = manifest;
    const others: Pick<Manifest, "setup" | "ceremony">[] = [
      { setup: "single-contributor", ceremony },
      { setup, ceremony: { ...ceremony, circuitHash: hashOf("other") } },
      { setup, ceremony: { ...ceremony, ptauHash: hashOf("ptau") } },
      { setup, ceremony: { ...ceremony, contributionHashes: ["ab".repeat(64)] } },
      { setup, ceremony: { ...ceremony, beacon: "00" } },
      { setup, ceremony: { ...ceremony, tools: {} } },
    ];
    const hashes = new Set([manifest.setupHash, ...others.map(setupHash)]);
    expect(hashes.size).to.equal(others.length + 1);
  });

  it("finds files that were changed or deleted", async () => {
    expect(await changedFiles(folder, manifest)).to.deep.equal([]);
    await writeFile(join(folder, "proving.zkey"), "another key");
    await rm(join(folder, "main.r1cs"));
    expect(await changedFiles(folder, manifest)).to.deep.equal(["r1cs", "zkey"]);
  });
});

describe("modelPaths", () => {
  it("refuses a name that leaves its folder", () => {
    expect(modelPaths("builds", "lenet").zkey).to.equal("builds/lenet/proving.zkey");
    for (const name of ["", "../x", "a/b", "1a", "a b", "x".repeat(65)])
      expect(() => modelPaths("builds", name), name).to.throw(Torch2CircomError);
  });
});
