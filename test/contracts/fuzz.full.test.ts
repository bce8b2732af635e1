import { spawn } from "node:child_process";
import { expect } from "chai";

/** Runs the project's own tests with 10,000 runs a fuzz test, in a process of their own. */
function fuzz(...command: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, FUZZ_RUNS: "10000" };
  const child = spawn("npx", ["--no-install", "hardhat", "test", ...command, "--no-compile"], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

describe("Contracts, 10,000 fuzz runs", () => {
  it("in Solidity: verification, codec, invariants", async function () {
    this.timeout(1_800_000);
    const { code, output } = await fuzz("solidity");
    expect(output).to.match(/testFuzz_MutatedWordIsRefused.*\(runs: 10000\)/);
    expect(code, output).to.equal(0);
  });

  it("in TypeScript: registry, exported verifier and snarkjs's; codec and client's", async function () {
    this.timeout(1_800_000);
    const files = ["test/groth16/verifierTemplate.test.ts", "test/contracts/OutputCodec.test.ts"];
    const { code, output } = await fuzz("mocha", ...files);
    expect(code, output).to.equal(0);
  });
});
