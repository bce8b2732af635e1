import { expect } from "chai";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { advance } from "../../../src/service/jobs/store.js";
import {
  beginSettlements,
  followSettlements,
  type SettlingPolicy,
} from "../../../src/service/orders/settlements.js";
import { TestShop } from "./testShop.js";

describe("the settlement of proven jobs", function () {
  this.timeout(300_000);
  let test: TestShop;
  const prover = new WarmProver();

  before(async () => {
    test = await TestShop.open();
  });
  after(async () => {
    await prover.close();
    await test.close();
  });

  /** Jobs that are paid and proven. */
  const proven = async (count: number): Promise<Quote[]> => {
    const quotes = [];
    for (let i = 0; i < count; i++) {
      const quoted = await test.quote();
      await test.pay(quoted);
      quotes.push(quoted);
    }
    await test.finalize();
    expect(await test.follow()).to.have.length(count);
    for (const quoted of quotes) await test.prove(prover, quoted, "funded");
    return quotes;
  };
  const begin = (policy: SettlingPolicy = {}) =>
    beginSettlements(test.shop, test.database, test.ledger, policy);
  const follow = () => followSettlements(test.database, test.statusOf);
  const statesOf = async (quotes: readonly Quote[]) =>
    Promise.all(quotes.map(async ({ jobId }) => (await test.row(jobId)).state));

  it("waits for others, and settles as many as the policy says in one transaction", async () => {
    const quotes = await proven(3);
    expect(await begin({ most: 2, wait: 3600 })).to.have.length(1);
    expect((await statesOf(quotes)).sort()).to.deep.equal(["proven", "settling", "settling"]);
    expect(await begin({ most: 2, wait: 3600 })).to.deep.equal([]);
    expect(await begin({ most: 2, wait: 0 })).to.have.length(1);
    await test.mine();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["settled", "settled", "settled"]);
    await test.finalize();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["final", "final", "final"]);
    for (const { jobId } of quotes) expect(await test.statusOf(jobId)).to.equal("fulfilled");
    const rows = await test.database.query<{ gas: string; gas_paid: string; settled_transaction: string }>(
      "select gas, gas_paid, settled_transaction from job where state = 'final'",
    );
    expect(new Set(rows.map((row) => row.settled_transaction)).size).to.equal(2);
    for (const { gas, gas_paid } of rows) {
      expect(Number(gas)).to.be.within(50_000, 400_000);
      expect(BigInt(gas_paid) > 0n).to.equal(true);
    }
  });

  it("goes back with a reorganization, and on again", async () => {
    const quotes = await proven(1);
    await begin({ wait: 0 });
    await test.mine();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["settled"]);
    await test.devnet.anvil.send("anvil_reorg", 2, []);
    await test.ledger.tick();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["settling"]);
    await test.finalize();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["final"]);
  });

  it("lets no job stop others: what is refused together goes alone, and ends with its reason", async () => {
    const quotes = await proven(3);
    const [first, bad, last] = await Promise.all(quotes.map(({ jobId }) => test.row(jobId)));
    const answer = { ...bad.answer!, proof: last.answer!.proof };
    expect(await advance(test.database, bad.id, ["proven"], "proven", { answer })).to.equal(true);
    expect(await begin({ most: 3 })).to.have.length(1);
    await test.mine();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["proven", "proven", "proven"]);
    expect(await begin({ wait: 3600 })).to.have.length(3);
    await test.finalize();
    await follow();
    expect(await statesOf(quotes)).to.deep.equal(["final", "lost", "final"]);
    expect((await test.row(bad.id)).reason).to.contain("InvalidProof");
    expect(await test.statusOf(first.id)).to.equal("fulfilled");
  });
});
