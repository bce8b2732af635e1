import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { modelPaths, type ModelPaths } from "../../src/artifacts/paths.js";
import { parseRecipe, readRecipe, serializeRecipe, type Recipe } from "../../src/artifacts/recipe.js";
import type { Manifest } from "../../src/artifacts/manifest.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { rebuild, type RebuiltHashes } from "../../src/pipeline/rebuild.js";
import type { BuildOptions } from "../../src/runtime/types.js";
import { FIXTURES, makeProject, temporaryFolder } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const modelFile = join(samples, "model.pt2");

async function codeOf(attempt: () => Promise<unknown>): Promise<string> {
  return attempt().then(
    () => expect.fail("it was not refused"),
    (error: unknown) => (error instanceof Torch2CircomError ? error.code : expect.fail(String(error))),
  );
}

describe("rebuilding a program and its circuits from a recipe", function () {
  let hre: HardhatRuntimeEnvironment;

  before(async () => {
    ({ hre } = await makeProject());
  });

  const pathsOf = (name: string): ModelPaths => modelPaths(hre.config.torch2circom.outDir, name);
  const build = async (name: string, options: Partial<BuildOptions>): Promise<Manifest> =>
    (await hre.torch2circom.build({ model: modelFile, samples, name, ...options })).manifest;
  const again = (recipe: Recipe, file = modelFile, folder = temporaryFolder()) =>
    rebuild({ modelFile: file, recipe, folder, cacheDir: hre.config.torch2circom.cacheDir });

  /** All that was made again is what a build has. */
  function expectEqual(made: RebuiltHashes, built: Readonly<Record<string, string>>): void {
    for (const [what, hash] of Object.entries(made)) expect(built[what], what).to.equal(hash);
  }

  const VARIANTS: Readonly<Record<string, Partial<BuildOptions>>> = {
    batches: { batch: [2], input: "evaluated", output: "argmax", weightBits: 7 },
    segments: { segments: 2 },
    encrypted: { output: "encrypted" },
    committed: { input: "public", output: "committed", lowestBit: "wire", percentile: 97 },
  };
  for (const [name, options] of Object.entries(VARIANTS))
    it(`makes all files of a build with ${name} again`, async () => {
      const { model, hashes, batches = [], segments = [] } = await build(name, options);
      const recipe = await readRecipe(pathsOf(name).recipe);
      const made = await again(recipe);
      expect(made.modelHash).to.equal(model.sha256);
      expectEqual(made.hashes, hashes);
      expect(Object.keys(made.hashes)).to.include.members(["program", "circuit", "constants"]);
      expect("r1cs" in made.hashes).to.equal(segments.length === 0);
      expect(made.batches.map(({ jobs }) => jobs)).to.deep.equal(batches.map(({ jobs }) => jobs));
      made.batches.forEach((batch, i) => expectEqual(batch.hashes, batches[i].hashes));
      expect(made.segments).to.have.lengthOf(segments.length);
      made.segments.forEach((segment, i) => expectEqual(segment.hashes, segments[i].hashes));
    });

  it("follows the recipe: other numbers make another program", async () => {
    const recipe = await readRecipe(pathsOf("batches").recipe);
    const { hashes } = await again({ ...recipe, batches: [] });
    const fewer = { ...recipe.precision, activationBits: recipe.precision.activationBits - 1 };
    expect((await again({ ...recipe, batches: [], precision: fewer })).hashes.program).to.not.equal(
      hashes.program,
    );
    const ranges = new Map(recipe.ranges);
    const [[value, { lo, hi }]] = ranges;
    ranges.set(value, { lo, hi: hi.map((x) => 2 * x) });
    expect((await again({ ...recipe, batches: [], ranges })).hashes.program).to.not.equal(hashes.program);
    const renamed = await again({ ...recipe, batches: [], name: "other" });
    expect(renamed.hashes.program).to.equal(hashes.program);
    expect(renamed.hashes.r1cs).to.equal(hashes.r1cs);
  });

  it("refuses another model file, private weights, and what does not fit the model", async () => {
    const recipe = await readRecipe(pathsOf("batches").recipe);
    const other = join(FIXTURES, "digits_mlp", "model.pt2");
    expect(await codeOf(() => again(recipe, other))).to.equal("FILE_DAMAGED");
    expect(await codeOf(() => again({ ...recipe, weights: "private", ranges: null, model: null }))).to.equal(
      "WEIGHTS_MISSING",
    );
    const [[value, { lo, hi }], ...others] = recipe.ranges!;
    const wrong: Partial<Recipe>[] = [
      { ranges: null },
      { ranges: new Map(others) },
      { ranges: new Map([[value, { lo: lo.slice(1), hi: hi.slice(1) }], ...others]) },
      { ranges: new Map([[value, { lo, hi: hi.map(() => Infinity) }], ...others]) },
      { cuts: [10 ** 6] },
      { cuts: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
      { sizes: { sequence: 3 } },
      { precision: { ...recipe.precision, layers: { missing: { weightBits: 4 } } } },
      {
        precision: { ...recipe.precision, weightBits: 32, activationBits: 32, inputBits: 32, tableBits: 32 },
      },
    ];
    for (const change of wrong) {
      const folder = temporaryFolder();
      const code = await again({ ...recipe, batches: [], ...change }, modelFile, folder).then(
        () => "made",
        (error: unknown) => (error instanceof Torch2CircomError ? error.code : String(error)),
      );
      const [[what, value]] = Object.entries(change);
      expect(code, `${what} ${String(value)}`).to.match(
        /^(FILE_DAMAGED|INVALID_ARGUMENT|MODEL_UNSUPPORTED|SAMPLES_INVALID)$/,
      );
      expect(existsSync(join(folder, "program.json"))).to.equal(false);
    }
  });
});

describe("the text of a recipe", () => {
  const doubles = Float64Array.of(
    -0,
    0,
    Infinity,
    -Infinity,
    NaN,
    5e-324,
    0.1 + 0.2,
    -1.7976931348623157e308,
  );
  const recipe: Recipe = {
    format: "torch2circom-recipe-1",
    version: "0.1.0",
    name: "model",
    model: "0".repeat(64),
    sizes: { batch: 2 },
    input: "committed",
    output: "public",
    weights: "public",
    lowestBit: "expression",
    precision: {
      ...{ inputBits: 8, weightBits: 8, activationBits: 8, tableBits: 10 },
      ...{ headroom: 0, coarsening: 0, weightLoss: 8, layers: { fc: { weightBits: 4 } } },
    },
    ranges: new Map([
      ["__proto__", { lo: doubles, hi: doubles.toReversed() }],
      ["x", { lo: Float64Array.of(1 / 3), hi: Float64Array.of(2 / 3) }],
    ]),
    batches: [2, 8],
    cuts: [],
  };

  it("gives all doubles again, to the last bit", () => {
    const read = parseRecipe(serializeRecipe(recipe), "it");
    expect(serializeRecipe(read)).to.equal(serializeRecipe(recipe));
    const { lo, hi } = read.ranges!.get("__proto__")!;
    doubles.forEach((x, i) =>
      expect(
        [lo[i], hi[7 - i]].every((y) => Object.is(x, y)),
        `${x}`,
      ).to.equal(true),
    );
  });

  it("is strict", () => {
    const json = JSON.parse(serializeRecipe(recipe)) as Record<string, unknown>;
    const [first] = json.ranges as Record<string, unknown>[];
    const damaged: Record<string, unknown>[] = [
      { format: "torch2circom-recipe-2" },
      { more: 1 },
      { name: "../x" },
      { model: "12" },
      { batches: [8, 2] },
      { batches: [1] },
      { cuts: [3, 3] },
      { weights: "secret" },
      { precision: { ...recipe.precision, weightBits: 0 } },
      { precision: { ...recipe.precision, headroom: 0.5 } },
      { ranges: [{ ...first, lo: [1] }] },
      { ranges: [{ ...first, lo: ["1"], hi: ["1"] }] },
      { ranges: [{ ...first, lo: [null], hi: [null] }] },
      { ranges: {} },
    ];
    for (const change of damaged)
      expect(
        () => parseRecipe(JSON.stringify({ ...json, ...change }), "it"),
        JSON.stringify(change),
      ).to.throw(Torch2CircomError, /is not the recipe of a build/);
    expect(() => parseRecipe("{", "it")).to.throw(Torch2CircomError, /it is not JSON/);
  });

  it("is read from a file that can be one", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "recipe.json");
    writeFileSync(path, serializeRecipe(recipe));
    expect(await readRecipe(path)).to.deep.equal(recipe);
    expect(await codeOf(() => readRecipe(join(folder, "none")))).to.equal("FILE_DAMAGED");
    mkdirSync(join(folder, "folder"));
    expect(await codeOf(() => readRecipe(join(folder, "folder")))).to.equal("FILE_DAMAGED");
  });
});
