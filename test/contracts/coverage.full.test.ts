import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

describe("Coverage of the contracts", () => {
  it("is every line, in the tests other than those of gas", async function () {
    this.timeout(900_000);
    const files = globSync("test/contracts/*.test.ts").filter((file) => !/gas|full/.test(file));
    const args = ["--no-install", "hardhat", "test", "mocha", "--coverage", ...files];
    const child = spawn("npx", args, { stdio: "ignore" });
    expect(await new Promise((resolve) => child.on("close", resolve))).to.equal(0);
    expect(uncovered(readFileSync("coverage/lcov.info", "utf8"))).to.deep.equal([]);
  });
});

/** Lines of the project's own contracts that were never run, `file:line`. */
function uncovered(lcov: string): string[] {
  const lines: string[] = [];
  let file = "";
  for (const record of lcov.split("\n")) {
    const [kind, value = ""] = record.split(":", 2);
    if (kind === "SF") file = value;
    const [line, count] = value.split(",");
    if (kind === "DA" && count === "0" && !file.includes("/generated/")) lines.push(`${file}:${line}`);
  }
  return lines;
}
