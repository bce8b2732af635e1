import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requirePowersOfTau } from "../../src/groth16/ptauHeader.js";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";
import { refusalOf, temporaryFolder } from "../plugin/project.js";

/** Where the content of a section begins. */
function placeOf(bytes: Buffer, id: number): number {
  let at = 12;
  while (bytes.readUInt32LE(at) !== id) at += 12 + Number(bytes.readBigUInt64LE(at + 4));
  return at + 12;
}

describe("Powers of tau", function () {
  const ptau = join(temporaryFolder(), "powers.ptau");
  let good: Buffer;

  before(async () => {
    await writeDevelopmentPowersOfTau(1, ptau, 1);
    good = readFileSync(ptau);
  });

  const refused = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(good);
    change(bytes);
    writeFileSync(ptau, bytes);
    return refusalOf(() => requirePowersOfTau(ptau, 0));
  };

  it("are taken with a contribution on record", () => requirePowersOfTau(ptau, 0));

  it("need one", async () => {
    expect(await refused((bytes) => bytes.writeUInt32LE(0, placeOf(bytes, 7)))).to.contain(
      "have no contribution",
    );
    expect(await refused((bytes) => bytes.writeUInt32LE(8, placeOf(bytes, 7) - 12))).to.contain(
      "have no contribution",
    );
  });

  for (const [secret, section, point] of [
    ["tau", 2, 1],
    ["alpha", 4, 0],
    ["beta", 5, 0],
  ] as const)
    it(`need secrets that nobody knows: ${secret} is not 1`, async () => {
      // The first power of tau is the generator.
      const refusal = await refused((bytes) => {
        const generator = placeOf(bytes, 2);
        bytes.copy(bytes, placeOf(bytes, section) + 64 * point, generator, generator + 64);
      });
      expect(refusal).to.contain("a secret that everybody knows");
    });
});
