import { expect } from "chai";
import { fuzz, newTally } from "./ledger/fuzz.js";
import { makeSystem } from "./ledger/system.js";

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const CALLS = 400;

describe("the escrow and a ledger written from its interface", function () {
  it(`agree on ${CALLS} random calls: balances, states, events, and each revert by name`, async () => {
    const tally = newTally();
    await fuzz(await makeSystem(), { seed: SEED, calls: CALLS }, tally);
    expect(tally.calls).to.equal(CALLS);
    expect(tally.done.size, "actions that were done").to.be.above(15);
    expect(tally.reasons.size, "reasons for refusals").to.be.above(20);
  });
});
