import { spawnSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { initializeCeremony } from "../../src/ceremony/initialize.js";
import { openCeremony } from "../../src/ceremony/folder.js";
import { takeContribution } from "../../src/ceremony/contribute.js";
import type { Receipt } from "../../src/ceremony/receipt.js";
import { smallCircuit } from "../ceremony/circuit.js";

const EXECUTABLE = join(import.meta.dirname, "..", "..", "src", "bin", "torch2circom.ts");

/** Runs the executable in a folder that is no project. */
function run(cwd: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const options = { cwd, encoding: "utf8" } as const;
  const loader = ["--import", import.meta.resolve("tsx/esm")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, EXECUTABLE, ...args], options);
  return { code: status, stdout, stderr };
}

describe("npx torch2circom", function () {
  let made: Awaited<ReturnType<typeof smallCircuit>>;
  let away: string;

  before(async () => {
    made = await smallCircuit();
    const { key, folder } = await initializeCeremony(made.circuit, made.ptau);
    away = join(made.folder, "away");
    await mkdir(away);
    await copyFile(key, join(away, "cube-0.zkey"));
    await copyFile(join(folder, "transcript.jsonl"), join(away, "transcript.jsonl"));
  });
  after(() => rm(made.folder, { recursive: true }));

  it("contributes, without a project, and gives key, receipt and hash", async () => {
    const { code, stdout, stderr } = run(away, "contribute", "cube-0.zkey", "--name", "Zoë");
    expect(code, stderr).to.equal(0);
    const receipt = JSON.parse(await readFile(join(away, "cube-1.receipt.json"), "utf8")) as Receipt;
    expect(stdout).to.contain("cube-1.zkey").and.to.contain(receipt.hash);
    await takeContribution(made.circuit.ceremony, join(away, "cube-1.zkey"));
    const { transcript } = await openCeremony(made.circuit.ceremony);
    expect(transcript.contributions[0]).to.include({
      name: "Zoë",
      hash: receipt.hash,
      madeOn: receipt.transcript,
    });
  });

  it("explains itself", () => {
    expect(run(away).stdout).to.contain("contribute").and.to.contain("audit");
    expect(run(away, "help", "contribute").stdout).to.contain("--entropy");
    expect(run(away, "audit", "--help").stdout).to.contain("--min-contributions");
  });

  it("says what is wrong and what to do, and leaves nothing behind", async () => {
    const before = await readdir(away);
    const refusals: [string[], RegExp][] = [
      [["contribute"], /takes one argument/],
      [["contribute", "a", "b"], /takes one argument/],
      [["contribute", "--nothing"], /Unknown option.*\nSee npx torch2circom help contribute/],
      [["contribute", "nothing.zkey"], /cannot be read/],
      [["contribute", "transcript.jsonl"], /is not a \.zkey file/],
      [["contribute", "cube-0.zkey"], /cube-1\.zkey is there already/],
      [["contribute", "cube-0.zkey", "--out", "no/where.zkey"], /cannot be written/],
      [["audit", "nothing.tgz"], /is not a bundle of a build/],
      [["audit", "transcript.jsonl"], /There is no build here/],
      [["audit", "nothing.tgz", "--min-contributions", "many"], /not a whole number/],
      [["constructor"], /There is no command constructor/],
    ];
    for (const [args, why] of refusals) {
      const { code, stdout, stderr } = run(away, ...args);
      expect(code, args.join(" ")).to.equal(1);
      expect(stdout).to.equal("");
      expect(stderr).to.match(why);
      expect(stderr).to.not.match(/^\s+at /m);
    }
    expect(await readdir(away)).to.deep.equal(before);
  });
});
