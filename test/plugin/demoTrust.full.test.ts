import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "./cli.js";

/** `npm run demo:trust`, without the compiler of contracts. */
describe("the demo of trust in keys", () => {
  it("fits one screen, and shows what is paid, what the audit says and what is refused", () => {
    const script = join(REPOSITORY, "scripts", "demo", "trust.ts");
    const output = execFileSync(process.execPath, ["--import", "tsx", script], {
      cwd: REPOSITORY,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0" },
    });
    const lines = output.trimEnd().split("\n");
    expect(lines.length).to.be.at.most(40);
    for (const line of lines) expect(line.length, line).to.be.at.most(100);
    const [, right] = /The model says: (\d)/.exec(output)!;
    const [, claimed] = /The provider claims (\d)/.exec(output)!;
    expect(claimed).not.to.equal(right);
    expect(output)
      .to.contain(`The escrow PAID for ${claimed}.`)
      .and.contain("✘ digits_mlp: kind of setup: one contributor")
      .and.contain(
        `It claims ${claimed}, by its secret and the beacon's: REFUSED by the contract: InvalidProof()`,
      )
      .and.contain(`It proves ${right}: paid.`);
    const marks = lines.filter((line) => /^ {2}[✔✘–] /.test(line)).map((line) => line[2]);
    expect(marks.join("")).to.match(/^✘✔{16}$/);
    expect(output)
      .to.contain("3 contributions, 1 of them attested")
      .and.match(/announced before contribution \d, which is attested/);
  });
});
