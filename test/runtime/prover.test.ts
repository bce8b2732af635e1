import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { childrenOf } from "../helpers/processes.js";
import { buildOnce } from "../helpers/builds.js";
import { FIXTURES, makeProject, refusalOf } from "../plugin/project.js";

const samples = join(FIXTURES, "iris_mlp");

describe("a prover of one model", function () {
  let hre: HardhatRuntimeEnvironment;

  before(async () => {
    ({ hre } = await makeProject());
    await buildOnce(hre);
  });

  it("proves again and again, refuses a key that has changed, and ends its processes", async () => {
    const prover = await hre.torch2circom.prover("iris");
    try {
      const first = await prover.prove({ samples, index: 1 });
      expect(await prover.verify(first)).to.deep.equal({ valid: true, outputs: first.outputs });
      const [second, third] = await Promise.all([1, 2].map((index) => prover.prove({ samples, index })));
      expect(second.outputs).to.deep.equal(first.outputs);
      expect(await prover.verify({ ...second, proof: third.proof })).to.deep.equal({ valid: false });

      const key = join(hre.config.torch2circom.outDir, "iris", "proving.zkey");
      const bytes = readFileSync(key);
      const changed = Buffer.from(bytes);
      changed[changed.length - 100] ^= 1;
      writeFileSync(key, changed);
      expect(await refusalOf(() => prover.prove({ samples }))).to.contain("not the one that was built");
      writeFileSync(key, bytes);
      expect((await prover.prove({ samples, index: 1 })).outputs).to.deep.equal(first.outputs);
      expect(await refusalOf(() => prover.prove({ samples: join(samples, "missing.npz") }))).to.contain(
        "missing.npz",
      );
    } finally {
      await prover.close();
    }
    const before = await childrenOf(process.pid);
    const other = await hre.torch2circom.prover("iris");
    await other.prove({ samples });
    expect(await childrenOf(process.pid)).to.not.deep.equal(before);
    await other[Symbol.asyncDispose]();
    const started = async () => (await childrenOf(process.pid)).filter((pid) => !before.includes(pid));
    while ((await started()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it("is not to be had of a build that is not there", async () => {
    expect(await refusalOf(() => hre.torch2circom.prover("other"))).to.contain("other");
  });
});
