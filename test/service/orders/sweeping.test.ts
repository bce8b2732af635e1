import { expect } from "chai";
import { parseUnits } from "ethers";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import { advance } from "../../../src/service/jobs/store.js";
import { readPrices } from "../../../src/service/offer/prices.js";
import { withdrawEarnings } from "../../../src/service/orders/earnings.js";
import { GasRule } from "../../../src/service/orders/gasRule.js";
import { refundLost } from "../../../src/service/orders/refunds.js";
import { beginSettlements, followSettlements } from "../../../src/service/orders/settlements.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { refusalOf } from "../../plugin/project.js";
import { TestShop } from "./testShop.js";

describe("what the service does with money by itself", function () {
  this.timeout(300_000);
  let test: TestShop;

  before(async () => (test = await TestShop.open()));
  after(() => test.close());

  const withdraw = (every?: number, to?: string) =>
    withdrawEarnings(test.shop, test.database, test.ledger, { every, to });
  const refund = async () => {
    await test.database.query("update job set checked_at = now() - interval '1 hour'");
    return refundLost(test.shop.contracts, test.database, test.ledger, test.statusOf);
  };
  const rule = (most: bigint, comparesPrices = true) =>
    new GasRule(test.shop.chain.signer.provider!, test.database, most, comparesPrices);

  /** A job that is paid for, and of which the escrow has the money. */
  const funded = async () => {
    const quote = await test.quote();
    await test.pay(quote);
    await test.finalize();
    await test.follow();
    return quote;
  };

  it("withdraws what is earned, once in a while", async () => {
    const prover = new WarmProver();
    const quote = await funded();
    await test.prove(prover, quote, "funded");
    await prover.close();
    expect(await withdraw(3600)).to.deep.equal([]);
    await beginSettlements(test.shop, test.database, test.ledger, { wait: 0 });
    await test.finalize();
    await followSettlements(test.database, test.statusOf);
    expect(await withdraw()).to.deep.equal([]);
    const { escrow } = test.shop.contracts;
    const { provider } = test.shop;
    const token = TestToken__factory.connect(quote.job.token, test.client);
    const to = "0x00000000000000000000000000000000000000AA";
    expect(await withdraw(3600, to)).to.have.length(1);
    expect(await withdraw(3600, to)).to.deep.equal([]);
    await test.finalize();
    expect(await token.balanceOf(to)).to.equal(quote.job.amount);
    expect(await escrow.balanceOf(provider, quote.job.token)).to.equal(0n);
    expect(await withdraw(0)).to.deep.equal([]);
  });

  it("refunds clients whose jobs it could not settle, once", async () => {
    const [late, failed] = [await funded(), await funded()];
    const done = await funded();
    await advance(test.database, late.jobId, ["funded"], "lost", { reason: "it was not settled in time" });
    await advance(test.database, failed.jobId, ["funded"], "failed", { reason: "its proof failed" });
    expect(await refund()).to.have.members([late.jobId, failed.jobId]);
    expect(await refund()).to.deep.equal([]);
    await test.finalize();
    expect(await refund()).to.deep.equal([]);
    for (const { jobId } of [late, failed]) {
      expect(await test.statusOf(jobId)).to.equal("refunded");
      expect((await test.row(jobId)).state).to.equal("refunded");
    }
    expect((await test.row(failed.jobId)).reason).to.equal("its proof failed");
    expect(await test.statusOf(done.jobId)).to.equal("funded");
  });

  it("begins a refund again that a reorganization undid and the chain refused", async () => {
    const quote = await funded();
    await advance(test.database, quote.jobId, ["funded"], "lost");
    expect(await refund()).to.deep.equal([quote.jobId]);
    await test.database.query("update intent set state = 'failed' where starts_with(id, 'refund:' || $1)", [
      quote.jobId,
    ]);
    expect(await refund()).to.deep.equal([quote.jobId]);
    await test.finalize();
    await refund();
    expect((await test.row(quote.jobId)).state).to.equal("refunded");
  });

  it("leaves a job alone for which nothing was paid", async () => {
    const quote = await test.quote();
    await advance(test.database, quote.jobId, ["quoted"], "failed");
    expect(await refund()).to.deep.equal([]);
    expect((await test.row(quote.jobId)).state).to.equal("failed");
  });

  it("sells nothing while gas costs more than the provider takes, or than the price", async () => {
    const [model] = test.shop.models;
    const { token } = model.prices[0];
    const [cheap] = await readPrices(test.shop.chain, [`1.5 ${token} 0.000000000000000001`]);
    const [dear] = await readPrices(test.shop.chain, [`1.5 ${token} 100`]);
    expect(cheap).to.include({ worth: 1n, amount: 15n * 10n ** 17n });
    await rule(parseUnits("1000", "gwei")).require(model, dear);
    await rule(parseUnits("1000", "gwei")).require(model, model.prices[0]);
    await rule(parseUnits("1000", "gwei"), false).require(model, cheap);
    expect(await refusalOf(() => rule(1n).require(model, dear))).to.match(/gwei, above the provider's limit/);
    expect(await refusalOf(() => rule(parseUnits("1000", "gwei")).require(model, cheap))).to.match(
      /The gas of an answer costs 0\.\d+ now, and its price is 0\.000000000000000001/,
    );
    for (const text of [`1.5 ${token} none`, `1.5 ${token} 0`, `1.5 ${token} 1 2`])
      expect(await refusalOf(() => readPrices(test.shop.chain, [text]))).to.match(
        /not an amount|not a price/,
      );
  });
});
