import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { describeAnswer } from "../../tasks/output.js";
import { readManifest } from "../../src/artifacts/manifest.js";
import { modelPaths } from "../../src/artifacts/paths.js";
import { labelAgainstInteger } from "../../src/report/figures/decisions.js";
import { readComparison, readReport } from "../../src/artifacts/reportForm.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");
const features = ["sepal length", "sepal width", "petal length", "petal width"];
const classes = ["setosa", "versicolor", "virginica"];

describe("the card of a build", function () {
  this.timeout(120_000);
  let hre: HardhatRuntimeEnvironment;
  let root: string;
  before(async () => {
    ({ hre, root } = await makeProject());
    await buildOnce(hre);
  });
  const card = (content: object): string => {
    const file = join(root, "card.json");
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const build = (more: object = {}) =>
    hre.torch2circom.build({ model: join(samples, "model.pt2"), samples, name: "iris", ...more });

  it("is in the manifest, byte for byte the same each time, and changes no circuit and no key", async () => {
    const before = await hre.torch2circom.manifest("iris");
    expect(before.card).to.equal(undefined);
    const given = {
      title: "Iris",
      inputs: { x: { features, units: ["cm", "cm", "cm", "cm"] } },
      outputs: { output: { classes } },
    };
    const { inputs, outputs } = before;
    const named = JSON.parse(
      JSON.stringify(given).replace('"x"', `"${inputs[0].name}"`).replace('"output"', `"${outputs[0].name}"`),
    ) as object;
    const { manifest } = await build({ card: card(named) });
    const paths = modelPaths(hre.config.torch2circom.outDir, "iris");
    expect(await readManifest(paths.manifest)).to.deep.equal({ ...before, card: named });
    const bytes = readFileSync(paths.manifest, "utf8");
    await build({ card: card(named) });
    expect(readFileSync(paths.manifest, "utf8")).to.equal(bytes);

    const { outputs: answers } = await hre.torch2circom.prove("iris", { samples, index: 0 });
    expect(answers[0].classes).to.deep.equal(classes);
    const greatest = answers[0].values.indexOf(Math.max(...answers[0].values));
    expect(describeAnswer(answers[0])).to.contain(`(greatest: number ${greatest}, ${classes[greatest]})`);

    const data = {
      manifest,
      report: await readReport(paths.report),
      comparison: await readComparison(paths.comparison),
    };
    const figure = labelAgainstInteger(data)!;
    expect(figure.table.rows.map(([label]) => label)).to.include("0: setosa");
    expect(figure.table.rows.every((row) => row[1].includes(": "))).to.equal(true);
  });

  it("is the configuration's, or made of what the samples name", async () => {
    const { outputs } = await hre.torch2circom.manifest("iris");
    const named = { outputs: { [outputs[0].name]: { classes } } };
    const { hre: configured } = await makeProject({
      models: { iris: { source: join(samples, "model.pt2"), samples, card: card(named) } },
    });
    expect((await configured.torch2circom.build({ model: "iris" })).manifest.card).to.deep.equal(named);
    const table = join(root, "table.json");
    const rows = Array.from({ length: 12 }, (_, i) =>
      Object.fromEntries(features.map((name, j) => [name, (i + j) % 5])),
    );
    writeFileSync(table, JSON.stringify(rows));
    const { manifest } = await build({ samples: table, name: "table" });
    const [{ name }] = manifest.inputs;
    expect(manifest.card).to.deep.equal({ inputs: { [name]: { features } } });
    // What is given comes first.
    const own = { inputs: { [name]: { features: [...features].reverse() } } };
    const again = await build({ samples: table, name: "table", card: card(own) });
    expect(again.manifest.card).to.deep.equal(own);
    expect(again.manifest.hashes).to.deep.equal(manifest.hashes);
  });

  it("is refused before anything is built, where it does not fit, is none, or is not there", async () => {
    const { inputs, outputs } = await hre.torch2circom.manifest("iris");
    for (const [content, words] of [
      [{ inputs: { [inputs[0].name]: { features: ["a"] } } }, "1 entries, and the model has 4"],
      [{ outputs: { [outputs[0].name]: { classes: ["a", "b"] } } }, "2 entries, and the model has 3"],
      [{ inputs: { z: {} } }, "inputs.z is none of the model's"],
      [{ name: "iris" }, "is not the card of a model: name"],
      [{ description: "x".repeat(2 ** 22) }, "bytes, and a card has 4194304 at most"],
    ] as const)
      expect(await refusalOf(() => build({ card: card(content) }))).to.contain(words);
    expect(await refusalOf(() => build({ card: join(root, "none.json") }))).to.contain("cannot be read");
    const decided = { output: "argmax" as const, name: "decided" };
    const few = card({ outputs: { [outputs[0].name]: { classes: ["a", "b"] } } });
    expect(await refusalOf(() => build({ ...decided, card: few }))).to.contain(
      "2 entries, and the model has 3",
    );
    const { manifest } = await build({
      ...decided,
      card: card({ outputs: { [outputs[0].name]: { classes } } }),
    });
    const [{ kind, packing }] = manifest.outputs;
    expect([kind, packing.width]).to.deep.equal(["argmax", 2]);
    const { outputs: answers } = await hre.torch2circom.prove("decided", { samples, index: 0 });
    const [number] = answers[0].values;
    expect(describeAnswer(answers[0])).to.equal(`${answers[0].name}: class ${number} (${classes[number]})`);
  });
});
