import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { contributeAway } from "../../src/ceremony/contributeAway.js";
import { auditCircuit } from "../../src/audit/circuit.js";
import { auditTarget } from "../../src/audit/target.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject } from "../plugin/project.js";

const model = join(FIXTURES, "iris_mlp", "model.pt2");
const ptau = join(FIXTURES, "..", "powersOfTau", "contributed_11.ptau");

describe("the ceremony of a build", function () {
  let hre: HardhatRuntimeEnvironment;
  let root: string;

  before(async () => {
    ({ hre, root } = await makeProject());
    await buildOnce(hre);
  });

  const folder = (...names: string[]): string => join(root, "torch2circom", "iris", ...names);
  const audit = (target = "iris", more = {}) =>
    hre.torch2circom.audit(target, { model, ptau, compile: false, ...more });

  it("is missed by an audit of a development key", async () => {
    const { passed, steps } = await audit();
    expect(passed).to.equal(false);
    expect(steps.filter(({ state }) => state === "failed").map(({ name }) => name)).to.deep.equal([
      "iris: kind of setup",
    ]);
  });

  it("begins for each key, and takes contributions from here and from elsewhere", async () => {
    const begun = await hre.torch2circom.ceremony.init("iris", { ptau });
    expect(begun.map(({ circuit }) => circuit)).to.deep.equal(["iris"]);
    await hre.torch2circom.ceremony.contribute("iris", { name: "provider" });
    const away = join(root, "away");
    await mkdir(away);
    const from: string[] = [];
    for (const { key } of await hre.torch2circom.ceremony.transcript("iris")) {
      await copyFile(key, join(away, basename(key)));
      from.push((await contributeAway({ key: join(away, basename(key)), name: "client" })).key);
    }
    const taken = await hre.torch2circom.ceremony.contribute("iris", { from });
    expect(taken.map(({ transcript }) => transcript.contributions.length)).to.deep.equal([2]);
  });

  it("makes its keys the build's, and keeps them when the model is built again", async () => {
    await hre.torch2circom.ceremony.finalize("iris", { ptau });
    const manifest = await hre.torch2circom.manifest("iris");
    expect(manifest.setup).to.equal("ceremony");
    expect(manifest.ceremony.contributionHashes).to.have.length(2);
    const verifier = await readFile(join(root, "contracts", "generated", "IrisVerifier.sol"), "utf8");
    expect(verifier).to.contain("ceremony setup");
    const { valid } = await hre.torch2circom.verify(
      "iris",
      await hre.torch2circom.prove("iris", { samples: join(FIXTURES, "iris_mlp") }),
    );
    expect(valid).to.equal(true);
    await hre.torch2circom.build({ model, samples: join(FIXTURES, "iris_mlp"), name: "iris" });
    expect(await hre.torch2circom.manifest("iris")).to.deep.equal(manifest);
    // To end it again changes nothing.
    await hre.torch2circom.ceremony.finalize("iris", { ptau });
    expect(await hre.torch2circom.manifest("iris")).to.deep.equal(manifest);
  });

  it("passes an audit of its bundle, with the chain", async () => {
    await hre.torch2circom.deploy();
    const { modelId } = await hre.torch2circom.register("iris");
    const [{ transcript }] = await hre.torch2circom.ceremony.transcript("iris");
    const attested = [transcript.contributions[1].hash];
    const out = join(root, "iris.tgz");
    const bundle = await hre.torch2circom.bundle("iris", { model, out });
    await rm(out);
    expect(await hre.torch2circom.bundle("iris", { model, out })).to.deep.equal(bundle);
    const given = { onChain: true, compile: true, attested, minContributions: 2 };
    const result = await audit(out, { ...given, model: undefined, modelId });
    expect(result.steps.filter(({ state }) => state !== "passed")).to.deep.equal([]);
    expect(result).to.include({ passed: true, modelId });
  });

  it("fails an audit of whatever was changed", async () => {
    const changes: [string, (text: string) => string, string][] = [
      ["recipe.json", (text) => text.replace(/"lo":\[[^\]]*\]/, '"lo":[0]'), "recipe.json is not the file"],
      ["main.circom", (text) => `${text}\n`, "main.circom is not the file"],
      [
        "verification_key.json",
        (text) => text.replace('"1"', '"2"'),
        "verification_key.json is not the file",
      ],
      ["ceremony/iris/transcript.jsonl", (text) => text.replace("client", "Client"), "Line 3"],
    ];
    for (const [file, change, why] of changes) {
      const path = folder(file);
      const text = await readFile(path, "utf8");
      await writeFile(path, change(text));
      const found = await hre.torch2circom.ceremony
        .transcript("iris")
        .then(async () => {
          const target = await auditTarget(folder());
          const steps = await auditCircuit(target, { cacheDir: root, compile: false });
          return steps.map(({ detail }) => detail).join();
        })
        .catch((error: Error) => error.message);
      expect(found, file).to.contain(why);
      await writeFile(path, text);
    }
  });

  it("is spared by clean, and by a build of another circuit", async () => {
    expect(existsSync(folder("ceremony", "iris", "transcript.jsonl"))).to.equal(true);
    await hre.tasks.getTask("clean").run();
    expect(existsSync(folder("ceremony", "iris", "transcript.jsonl"))).to.equal(true);
  });
});
