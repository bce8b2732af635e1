import { expect } from "chai";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { FIXTURES } from "../plugin/project.js";
import { EXAMPLES, PackageProject } from "./project.js";

describe("the published package", function () {
  const project = new PackageProject();

  before(() => project.install());

  it("builds a model by the command of the README", async () => {
    const { stdout } = await project.run(
      "npx",
      "hardhat",
      "torch2circom:build",
      join(FIXTURES, "iris_mlp", "model.pt2"),
      "--samples",
      join(FIXTURES, "iris_mlp", "samples.npz"),
    );
    expect(stdout).to.contain("Built iris_mlp");
    for (const file of ["main.circom", "main.r1cs", "proving.zkey", "verification_key.json", "manifest.json"])
      expect(existsSync(join(project.root, "torch2circom", "iris_mlp", file)), file).to.equal(true);
  });

  it("has an executable for those who contribute to a key, and for those who audit one", async () => {
    const { stdout } = await project.run("npx", "torch2circom", "help");
    expect(stdout).to.contain("contribute").and.to.contain("audit");
    // The import of the command, and of all that it needs, is what a package can lack.
    const error = await project.run("npx", "torch2circom", "contribute", "no.zkey").catch((e: Error) => e);
    expect((error as Error).message).to.contain("no.zkey cannot be read");
  });

  it("has the pages for people, with all files that they load", () => {
    const web = join(project.root, "node_modules", "torch2circom", "dist", "web");
    expect(readdirSync(web)).to.have.members(["ceremony", "checkout", "job", "operator"]);
    for (const [page, address] of [
      ["checkout", ""],
      ["job", "job/"],
      ["operator", "operator/"],
    ]) {
      const text = readFileSync(join(web, page, "index.html"), "utf8");
      const files = Array.from(text.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g), ([, file]) => file);
      expect(files, page).to.have.length(2);
      for (const file of files) {
        expect(file.replace("../", "").startsWith(address), file).to.equal(true);
        expect(existsSync(join(web, page, basename(file))), file).to.equal(true);
      }
    }
  });

  it("deploys by Ignition, with artifacts of its own", async () => {
    writeFileSync(
      join(project.root, "ignite.ts"),
      `import hre from "hardhat";
import Torch2Circom from "torch2circom/ignition";
const { ignition } = await hre.network.create();
const { registry, escrow } = await ignition.deploy(Torch2Circom);
console.log((await escrow.registry()) === (await registry.getAddress()));
`,
    );
    expect(await project.runScript("ignite.ts")).to.equal("true");
  });

  it("runs the example of a paid inference, in five files", async () => {
    expect(readdirSync(join(EXAMPLES, "paid"))).to.have.members([
      "hardhat.config.ts",
      "iris.npz",
      "iris.pt2",
      "package.json",
      "pay.ts",
    ]);
    expect(await project.runScript("pay.ts")).to.equal("fulfilled: class 0, for 0.01 ETH");
  });
});
