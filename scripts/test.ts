import { spawn } from "node:child_process";
import { globSync } from "node:fs";

// The project's checks, one after the other: `npm test`, or `npm run test:full` with the long suites.
// Every step runs even if one before it failed, and the last line counts them all.

const full = process.argv.includes("--full");

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const testFiles = globSync("test/**/*.test.ts")
  .filter((file) => full || !file.endsWith(".full.test.ts"))
  .sort();

const steps: readonly Step[] = [
  // First, since types and lint read what it generates.
  { name: "contracts compile", command: ["hardhat", "build"] },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "lint", command: ["eslint", "--max-warnings", "0", "."] },
  { name: "lint contracts", command: ["solhint", "--max-warnings", "0", "contracts/**/*.sol"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "contracts", command: ["hardhat", "test", "solidity"] },
  { name: "tests", command: ["hardhat", "test", "mocha", ...testFiles] },
];

/** Runs a step and shows its output. Test runners' own counts are taken from it; another step counts as one check. */
async function run({ name, command }: Step): Promise<{ passed: number; failed: number }> {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const child = spawn("npx", ["--no-install", ...command], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  console.log(
    `== ${name}: ${code === 0 ? "passed" : "FAILED"} in ${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
  const count = (word: string) =>
    [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\b`, "gm"))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  const failed = count("failing");
  return {
    passed: count("passing") || (code === 0 ? 1 : 0),
    failed: code === 0 ? failed : Math.max(failed, 1),
  };
}

let passed = 0;
let failed = 0;
for (const step of steps) {
  const result = await run(step);
  passed += result.passed;
  failed += result.failed;
}
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
