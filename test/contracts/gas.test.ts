import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ethers } from "./helpers/escrow.js";
import { measureGas } from "./helpers/measureGas.js";

const SNAPSHOT = join(import.meta.dirname, "..", "..", "gas", "contracts.json");

/** Proofs are random, so that the number of their zero bytes (12 gas each) is. */
const TOLERANCE = 200;

/** For a ten-class model with packed outputs: three public signals. */
const TARGETS: Record<string, number> = {
  register: 450_000,
  "request, native token": 60_000,
  fulfill: 270_000,
  "fulfillBatch of 8, per job": 110_000,
  "fulfillMany of 8, per job": 48_000,
  "fulfillMany of 32, per job": 25_000,
  "registerPipeline, 4 segments": 770_000,
  "fulfillPipeline, 2 segments": 410_000,
  "fulfillPipeline, 4 segments": 635_000,
  "fulfillPipeline, 8 segments": 1_080_000,
};

describe("Gas", () => {
  let measured: Record<string, number>;

  before(async () => {
    measured = await measureGas();
    if (process.env.UPDATE_GAS) writeFileSync(SNAPSHOT, `${JSON.stringify(measured, undefined, 2)}\n`);
  });

  it("is that of the snapshot (UPDATE_GAS=1 writes it anew)", () => {
    const snapshot = JSON.parse(readFileSync(SNAPSHOT, "utf8")) as Record<string, number>;
    expect(Object.keys(measured)).to.deep.equal(Object.keys(snapshot));
    for (const [name, gas] of Object.entries(snapshot))
      expect(measured[name], name).to.be.closeTo(gas, TOLERANCE);
  });

  for (const [name, target] of Object.entries(TARGETS)) {
    it(`of ${name} is at most ${target}`, () => {
      expect(measured[name]).to.be.at.most(target);
    });
  }

  it("of a further segment is at most 120,000 with a key of its own, and 60,000 with a key that is there", () => {
    const [two, four, eight] = [2, 4, 8].map((count) => measured[`fulfillPipeline, ${count} segments`]);
    expect((four - two) / 2).to.be.at.most(120_000);
    expect((eight - four) / 4).to.be.at.most(120_000);
    // Three keys instead of eight: five segments with a key that is there.
    const shared = measured["fulfillPipeline, 8 segments, 3 keys"];
    const three = two + (four - two) / 2;
    expect((shared - three) / 5).to.be.at.most(60_000);
  });

  it("of an evaluated input is about 800 a word, calldata included, where a public signal costs 6,650", async () => {
    const library = await ethers.deployContract("InputEvaluationTest");
    const gas = (count: number) => library.gasOf(new Array<bigint>(count).fill(2n ** 248n - 1n));
    const computed = Number((await gas(60)) - (await gas(10))) / 50;
    const calldata = 31 * 16 + 4;
    expect(computed + calldata).to.be.within(750, 850);
  });
});
