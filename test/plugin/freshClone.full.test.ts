import { expect } from "chai";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CliProject, REPOSITORY } from "./cli.js";
import { FIXTURES, temporaryFolder } from "./project.js";

/** The repository as it is cloned and installed: without what `hardhat build` generates from the contracts. */
function cloneUnbuilt(): string {
  const clone = temporaryFolder();
  for (const part of ["src", "tasks", "circuits", "package.json"]) {
    cpSync(join(REPOSITORY, part), join(clone, part), { recursive: true });
  }
  symlinkSync(join(REPOSITORY, "node_modules"), join(clone, "node_modules"));
  return clone;
}

describe("a clone whose contracts are not compiled", function () {
  const project = new CliProject({ repository: cloneUnbuilt() });
  const iris = join(FIXTURES, "iris_mlp");
  const model = join(iris, "model.pt2");

  it("runs what needs no chain, from the file to a verified proof", async () => {
    for (const [task, ...args] of [
      ["inspect", model],
      ["evaluate", model, "--samples", iris],
      ["build", model, "--samples", iris, "--name", "iris"],
      ["prove", "iris", "--samples", iris],
      ["verify", "iris"],
    ]) {
      const { code, stdout, stderr } = await project.run(`torch2circom:${task}`, ...args, "--json");
      expect(code, `${task}: ${stdout}${stderr}`).to.equal(0);
    }
  });

  it("says what the rest needs", async () => {
    const { code, stderr } = await project.run("torch2circom:register", "iris");
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain("npx hardhat build")
      .and.not.to.match(/^\s+at /m);
  });
});
