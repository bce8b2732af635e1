import { expect } from "chai";
import { IInferenceEscrow__factory } from "../../types/ethers-contracts/index.js";
import { fuzz, newTally, type Tally } from "./ledger/fuzz.js";
import { makeSystem, type System } from "./ledger/system.js";

/** Runs with 1,000 calls each. */
const RUNS = 50;

const ESCROW = IInferenceEscrow__factory.createInterface();
const FUNCTIONS: string[] = [];
ESCROW.forEachFunction(({ name, constant }) => constant || FUNCTIONS.push(name));
const ERRORS: string[] = [];
ESCROW.forEachError(({ name }) => ERRORS.push(name));

describe("the escrow and a ledger written from its interface, 100,000 random calls", function () {
  let system: System;
  before(async () => (system = await makeSystem()));

  it("agree in native tokens and in one with permits and authorizations", async () => {
    const tally = await run((seed, tally) =>
      fuzz(system, { seed, calls: 1_000, habits: ["native", "authorizing"] }, tally),
    );
    expect(tally.calls).to.equal(RUNS * 1_000);
    expect([...tally.done.keys()]).to.include.members(FUNCTIONS);
  });

  it("agree in odd tokens, and tell of every error of the interface", async () => {
    const tally = await run((seed, tally) => fuzz(system, { seed: RUNS + seed, calls: 1_000 }, tally));
    expect(tally.calls).to.equal(RUNS * 1_000);
    expect([...tally.done.keys()]).to.include.members(FUNCTIONS);
    expect([...tally.reasons.keys()]).to.include.members(ERRORS);
    expect([...tally.acts.keys()]).to.include.members(["done", "ReentrancyGuardReentrantCall"]);
    expect(tally.exact, "refusals with one possible reason").to.be.above(tally.refused * 0.75);
  });

  async function run(fuzzOnce: (seed: number, tally: Tally) => Promise<void>): Promise<Tally> {
    const tally = newTally();
    for (let seed = 1; seed <= RUNS; seed++) await fuzzOnce(seed, tally);
    const sum = (map: Map<string, number>) =>
      [...map].map(([name, n]) => `${name || "revert"} ${n}`).join(", ");
    console.log(`      ${tally.calls} calls; done: ${sum(tally.done)}`);
    console.log(
      `      refused, ${tally.exact} of ${tally.refused} for one possible reason: ${sum(tally.reasons)}`,
    );
    console.log(`      acts of puppets: ${sum(tally.acts)}`);
    return tally;
  }
});
