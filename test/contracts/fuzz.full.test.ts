import { spawn } from "node:child_process";
import { expect } from "chai";

/** Runs the project's own tests with so many runs of each fuzz test, in a process of their own. */
function fuzz(runs: number, ...command: string[]): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, FUZZ_RUNS: String(runs) };
  const child = spawn("npx", ["--no-install", "hardhat", "test", ...command, "--no-compile"], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

describe("Contracts, many fuzz runs", () => {
  it("10,000 in Solidity: verification, codec, invariants", async function () {
    const { code, output } = await fuzz(10_000, "solidity");
    expect(output).to.match(/testFuzz_MutatedWordIsRefused.*\(runs: 10000\)/);
    expect(code, output).to.equal(0);
  });

  it("300 of each kind of statement: registry, batches, exported verifier and snarkjs's contract", async function () {
    const files = ["differential", "differential.many", "differential.pipeline"].map(
      (name) => `test/contracts/${name}.test.ts`,
    );
    const { code, output } = await fuzz(300, "mocha", ...files);
    expect(code, output).to.equal(0);
  });

  it("10,000 in TypeScript: the codec and the client's", async function () {
    const { code, output } = await fuzz(10_000, "mocha", "test/contracts/OutputCodec.test.ts");
    expect(code, output).to.equal(0);
  });
});
