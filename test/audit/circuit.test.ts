import { createHash } from "node:crypto";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { auditCircuit } from "../../src/audit/circuit.js";
import { auditTarget } from "../../src/audit/target.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject } from "../plugin/project.js";

const model = join(FIXTURES, "iris_mlp", "model.pt2");

describe("the audit of a circuit", function () {
  let hre: HardhatRuntimeEnvironment;
  let folder: string;

  before(async () => {
    ({ hre } = await makeProject());
    await buildOnce(hre, { batch: [2] });
    folder = join(hre.config.torch2circom.outDir, "iris");
  });

  async function steps(modelFile: string | undefined = model, compile = false): Promise<string[]> {
    const { cacheDir } = hre.config.torch2circom;
    const target = await auditTarget(folder, modelFile);
    return (await auditCircuit(target, { cacheDir, compile })).map(
      ({ name, state, detail }) => `${name} ${state}: ${detail}`,
    );
  }

  it("makes program and circuits again, and compares them with circom's", async () => {
    const found = await steps(model, true);
    expect(found).to.have.length(4);
    expect(found[0]).to.match(/^files passed: 15 files/);
    expect(found[1]).to.match(/^circuit passed: model\.pt2 \(sha256 [0-9a-f]{64}\)/);
    expect(found.slice(2).join()).to.match(/whole of iris passed.*whole of iris-batch-2 passed/);
  });

  it("fails without the model file, and takes no other one than it was given", async () => {
    expect((await steps(join(folder, "nothing.pt2")))[1]).to.match(
      /^circuit failed: the model file model.pt2 is not/,
    );
  });

  it("fails for each file that is another or missing, those of every circuit included", async () => {
    for (const file of [
      "program.json",
      "recipe.json",
      "main.r1cs",
      "proving.zkey",
      join("batch-2", "main.r1cs"),
      join("batch-2", "proving.zkey"),
      join("batch-2", "main.circom"),
    ]) {
      const path = join(folder, file);
      await copyFile(path, `${path}.kept`);
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from(" ")]));
      expect((await steps(undefined))[0]).to.equal(
        `files failed: ${file} is not the file that the manifest names`,
      );
      await rm(path);
      expect((await steps(undefined))[0]).to.equal(`files failed: ${file} is missing`);
      await copyFile(`${path}.kept`, path);
    }
  });

  it("fails for another model, and for a manifest that names other circuits", async () => {
    const other = join(FIXTURES, "act_mix_mlp", "model.pt2");
    expect((await steps(other))[1]).to.match(/^circuit failed: .*another model file/);
    const manifest = await readFile(join(folder, "manifest.json"), "utf8");
    const recipe = await readFile(join(folder, "recipe.json"), "utf8");
    // A recipe with one weight bit less, and a manifest that goes with it.
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const changed = recipe.replace(/"weightBits":(\d+)/, (_, bits) => `"weightBits":${Number(bits) - 1}`);
    expect(changed).to.not.equal(recipe);
    await writeFile(join(folder, "recipe.json"), changed);
    await writeFile(join(folder, "manifest.json"), manifest.replace(sha256(recipe), sha256(changed)));
    const [files, circuit] = await steps();
    expect(files).to.contain("passed");
    expect(circuit).to.match(/^circuit failed: program of iris is another than/);
    await writeFile(join(folder, "recipe.json"), recipe);
    await writeFile(join(folder, "manifest.json"), manifest);
  });
});
