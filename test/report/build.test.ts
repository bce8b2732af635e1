import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { expect } from "chai";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readCalibration } from "../../src/artifacts/reportForm.js";
import type { ModelPaths } from "../../src/artifacts/paths.js";
import { refusalOf } from "../plugin/project.js";
import { builtIris } from "./data.js";

describe("the report of a build", function () {
  let hre: HardhatRuntimeEnvironment;
  let paths: ModelPaths;
  beforeEach(async () => {
    ({ hre, paths } = await builtIris());
  });

  it("is drawn by every build, and again when asked for", async () => {
    const drawn = await readFile(paths.page, "utf8");
    await rm(paths.page);
    const { name, file, headlines } = await hre.torch2circom.report("iris");
    expect({ name, file }).to.deep.equal({ name: "iris", file: paths.page });
    expect(headlines.map(({ value }) => value)).to.deep.equal(["552", "2^10 rows", "96.9 %", "Development"]);
    expect(await readFile(file, "utf8")).to.equal(drawn);
  });

  it("shows what a calibration of the model has found", async () => {
    const { best, pareto } = await hre.torch2circom.calibrate("iris", undefined, {
      maxLoss: 5,
      maxTrials: 4,
    });
    const { points, ...rest } = await readCalibration(paths.calibration);
    expect(points[rest.best]).to.include({ nonlinear: best.nonlinear, loss: best.loss });
    expect(points.length).to.be.within(pareto.length, pareto.length + 1);
    expect(await readFile(paths.page, "utf8")).to.include("keep the loss within 5 points");
  });

  it("refuses a build that is not there, and files that are damaged", async () => {
    expect(await refusalOf(() => hre.torch2circom.report("other"))).to.include("There is no build here");
    const report = JSON.parse(await readFile(paths.report, "utf8")) as { layers: { from: number[] }[] };
    // A circle could not be laid out.
    report.layers[0].from = [2];
    await writeFile(paths.report, JSON.stringify(report));
    expect(await refusalOf(() => hre.torch2circom.report("iris"))).to.include(
      "a layer takes elements of a later one",
    );
    await writeFile(paths.report, "{");
    expect(await refusalOf(() => hre.torch2circom.report("iris"))).to.include("report.json is damaged");
  });

  it("is removed with the build, and so is a calibration without one", async () => {
    await rm(paths.manifest);
    await rm(`${paths.folder}/.stages`, { recursive: true });
    await hre.torch2circom.calibrate("iris", undefined, { maxLoss: 5, maxTrials: 1 });
    await hre.tasks.getTask("clean").run({ global: false });
    expect(existsSync(paths.folder)).to.equal(false);
  });
});
