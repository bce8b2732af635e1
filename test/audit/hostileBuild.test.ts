import { copyFile, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { setupHash, type Manifest } from "../../src/artifacts/manifest.js";
import { hashOf } from "../../src/artifacts/hash.js";
import { auditCircuit } from "../../src/audit/circuit.js";
import { auditTarget } from "../../src/audit/target.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject } from "../plugin/project.js";

const model = join(FIXTURES, "iris_mlp", "model.pt2");

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

describe("the audit of a hostile provider's build", function () {
  let hre: HardhatRuntimeEnvironment;
  let folder: string;
  let honest: string;

  before(async () => {
    ({ hre } = await makeProject());
    await buildOnce(hre, { batch: [2] });
    folder = join(hre.config.torch2circom.outDir, "iris");
    honest = await readFile(join(folder, "manifest.json"), "utf8");
  });
  afterEach(() => writeFile(join(folder, "manifest.json"), honest));

  /** What an audit says of the build whose manifest was changed so. */
  async function found(change: (manifest: Json) => void, modelFile?: string): Promise<string> {
    const manifest = JSON.parse(honest) as Json;
    change(manifest);
    for (const one of [manifest, ...(manifest["batches"] as Json[])])
      one["setupHash"] = setupHash(one as Manifest);
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    try {
      const target = await auditTarget(folder, modelFile ?? join(folder, "none.pt2"));
      const { cacheDir } = hre.config.torch2circom;
      const steps = await auditCircuit(target, { cacheDir, compile: false });
      return steps.map(({ name, state, detail }) => `${name} ${state}: ${detail}`).join("\n");
    } catch (error) {
      return (error as Error).message;
    }
  }

  it("compares every file that it uses, whatever the manifest lists", async () => {
    const r1cs = await readFile(join(folder, "main.r1cs"));
    const batch = join(folder, "batch-2", "main.r1cs");
    // The circuit of which the key would be verified, in the place of that which the manifest names.
    await rename(join(folder, "main.r1cs"), join(folder, "kept.r1cs"));
    await copyFile(batch, join(folder, "main.r1cs"));
    const changes: ((manifest: Json) => void)[] = [
      () => undefined,
      (m) => delete m.files.r1cs,
      (m) => (m.files = {}),
      (m) => (m.files.r1cs = "kept.r1cs"),
      (m) => (m.files = { ...m.files, r1cs: "../iris/kept.r1cs" }),
      (m) => (m.files.r1cs = join(folder, "kept.r1cs")),
      (m) => delete m.hashes.r1cs,
      (m) => (m.hashes.r1cs = hashOf("")),
    ];
    for (const change of changes) expect(await found(change)).to.match(/^files failed/);
    await writeFile(join(folder, "main.r1cs"), r1cs);
    await rm(join(folder, "kept.r1cs"));
    expect(await found(() => undefined)).to.match(/^files passed/);
  });

  it("reads no other files than a build's", async () => {
    const outside: ((manifest: Json) => void)[] = [
      (m) => (m.batches[0].hashes["../../../../../../dev/zero"] = hashOf("")),
      (m) => (m.hashes["/dev/zero"] = hashOf("")),
      (m) => (m.hashes.__proto__x = hashOf("")),
      (m) => delete m.batches[0].hashes.zkey,
      (m) => delete m.batches[0].hashes.verificationKey,
    ];
    for (const change of outside)
      expect(await found(change)).to.match(/^files failed: the manifest does not/);
    expect(await found((m) => (m.name = "../../../etc"))).to.contain("cannot be the name of a model");
    expect(await found((m) => (m.name = "iris\u001b[2K"))).to.contain("cannot be the name of a model");
    // Named for people only.
    expect(await found((m) => (m.model.file = "../../../../dev/zero"), model)).to.match(/circuit passed/);
    for (const device of ["/dev/zero", folder]) {
      await rename(join(folder, "report.json"), join(folder, "report.kept"));
      await symlink(device, join(folder, "report.json"));
      expect(await found(() => undefined)).to.equal(
        "files failed: report.json is missing\ncircuit failed: the model file model.pt2 is not here: give it with --model",
      );
      await rm(join(folder, "report.json"));
      await rename(join(folder, "report.kept"), join(folder, "report.json"));
    }
  });

  it("compares what clients compute with: scales, ranges, modes, the domain", async () => {
    const changes: [(manifest: Json) => void, RegExp][] = [
      [(m) => (m.outputs[0].scale[0] *= 2), /outputs in the manifest is another/],
      [(m) => (m.outputs[0].offset[0] += 1), /outputs in the manifest is another/],
      [(m) => (m.inputs[0].scale[0] /= 2), /inputs in the manifest is another/],
      [(m) => (m.inputs[0].hi -= 1), /inputs in the manifest is another/],
      [(m) => (m.domain = "5"), /domain in the manifest is another/],
      [(m) => (m.inputMode = "public"), /inputMode in the manifest is another/],
      [(m) => (m.outputMode = "argmax"), /outputMode in the manifest is another/],
      [(m) => (m.model.format = "onnx"), /not the one that the manifest names/],
      [(m) => (m.model.sha256 = hashOf("")), /not the one that the manifest names/],
      [(m) => (m.name = "other"), /name in the manifest is another/],
    ];
    for (const [change, why] of changes) expect(await found(change, model)).to.match(why);
    expect(await found(() => undefined, model)).to.match(/circuit passed: model.pt2 \(sha256 [0-9a-f]{64}\)/);
  });

  it("takes a circuit for so many jobs as the recipe has, and no other list of circuits", async () => {
    const batch = join(folder, "batch-4");
    await rename(join(folder, "batch-2"), batch);
    expect(await found((m) => (m.batches[0].jobs = 4), model)).to.contain(
      "no circuit for the circuit of 4 jobs",
    );
    await rename(batch, join(folder, "batch-2"));
    expect(
      await found((m) => {
        const { jobs, ...segment } = m.batches[0];
        m.segments = Array.from({ length: jobs }, () => segment);
      }),
    ).to.contain("batches or segments, not both");
  });

  it("skips nothing for weights that are said to be private, and are not", async () => {
    const commitment = (m: Json) => (m.weightCommitment = BigInt(`0x${m.model.sha256}`).toString());
    expect(await found(commitment, model)).to.match(
      /circuit failed: the manifest has private weights, the recipe public/,
    );
    const recipe = await readFile(join(folder, "recipe.json"), "utf8");
    const lying = recipe.replace('"weights":"public"', '"weights":"private"');
    await writeFile(join(folder, "recipe.json"), lying);
    const both = (m: Json) => {
      m.hashes.recipe = hashOf(lying);
      m.model.sha256 = "f".repeat(64);
      commitment(m);
    };
    expect(await found(both)).to.contain("no number of the field");
    await writeFile(join(folder, "recipe.json"), recipe);
  });

  it("says where another version of a tool may be why the circuit is another", async () => {
    const recipe = await readFile(join(folder, "recipe.json"), "utf8");
    const older = recipe
      .replace(/"version":"[^"]*"/, '"version":"0.0.1"')
      .replace(/"weightBits":(\d+)/, (_, bits) => `"weightBits":${Number(bits) - 1}`);
    await writeFile(join(folder, "recipe.json"), older);
    const said = await found((m) => {
      m.hashes.recipe = hashOf(older);
      m.ceremony.tools.circom2 = "0.1.0";
    }, model);
    expect(said).to.match(
      /program of iris is another .*built by torch2circom 0\.0\.1 \(here .*circom2 0\.1\.0 \(here/,
    );
    await writeFile(join(folder, "recipe.json"), recipe);
  });
});
