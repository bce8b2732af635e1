import { expect } from "chai";
import { authorizeRequest, authorizeSettlement, decodeOutputs } from "../../../src/client/index.js";
import { WarmProver } from "../../../src/groth16/warm/warmProver.js";
import type { Quote } from "../../../src/service/offer/quote.js";
import { advance } from "../../../src/service/jobs/store.js";
import { checkEscrow } from "../../../src/service/orders/escrowChecks.js";
import { beginSettlements, followSettlements } from "../../../src/service/orders/settlements.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { refusalOf } from "../../plugin/project.js";
import { TestShop } from "./testShop.js";

describe("a job that is paid when it is proven", function () {
  this.timeout(300_000);
  let test: TestShop;
  const prover = new WarmProver();

  before(async () => {
    test = await TestShop.open({ output: "committed" });
  });
  after(async () => {
    await prover.close();
    await test.close();
  });

  const accept = async (quote: Quote) => {
    const signed = await authorizeSettlement(test.shop.contracts, test.client, quote.job);
    await test.orders.accept(quote.jobId, signed);
  };
  const prove = (quote: Quote) => test.prove(prover, quote, "accepted");
  const settle = () => beginSettlements(test.shop, test.database, test.ledger, { wait: 0 });
  const follow = () => followSettlements(test.database, test.statusOf);
  const token = ({ job }: Quote) => TestToken__factory.connect(job.token, test.client);
  const balance = async (quote: Quote) => token(quote).balanceOf(await test.client.getAddress());

  it("locks nothing, is paid by the transaction that settles it, and is readable when that is final", async () => {
    const quote = await test.quote();
    const before = await balance(quote);
    await accept(quote);
    await accept(quote);
    expect((await test.row(quote.jobId)).state).to.equal("accepted");
    expect((await test.queue.take([test.build]))?.job).to.equal(quote.jobId);
    await prove(quote);
    expect(await balance(quote)).to.equal(before);
    await settle();
    await test.finalize();
    await follow();
    const row = await test.row(quote.jobId);
    expect(row).to.include({ state: "final", payment: "one step" });
    expect(await test.statusOf(quote.jobId)).to.equal("fulfilled");
    expect(before - (await balance(quote))).to.equal(quote.job.amount);
    const { manifest } = test.shop.models[0].model;
    const shown = row.answer!.publicSignals.slice(0, -2).map(BigInt);
    const opening = { salt: quote.input.salt, words: row.answer!.words.map(BigInt) };
    expect(decodeOutputs(manifest, shown, opening)).to.have.length(1);
  });

  it("is settled together with others, funded or not", async () => {
    const [one, other] = [await test.quote(), await test.quote()];
    await accept(one);
    await test.pay(other);
    await test.finalize();
    expect(await test.follow()).to.deep.equal([other.jobId]);
    await advance(test.database, other.jobId, ["funded"], "accepted");
    await prove(one);
    await prove(other);
    expect(await settle()).to.have.length(1);
    await test.finalize();
    await follow();
    for (const { jobId } of [one, other]) expect(await test.statusOf(jobId)).to.equal("fulfilled");
  });

  it("is refused before it is proven, where the token would not pay", async () => {
    const quote = await test.quote();
    const signed = await authorizeSettlement(test.shop.contracts, test.client, quote.job);
    const funding = await authorizeRequest(test.shop.contracts, test.client, quote.job);
    for (const wrong of [
      funding,
      { ...signed, validBefore: signed.validBefore + 1n },
      { ...signed, validBefore: quote.job.fundBy },
      { ...signed, signature: "0x12" },
    ])
      expect(await refusalOf(() => test.orders.accept(quote.jobId, wrong))).to.match(
        /would be refused|ends before|65 bytes/,
      );
    expect((await test.row(quote.jobId)).state).to.equal("quoted");
  });

  it("is not accepted when its quote is over", async () => {
    const quote = await test.quote();
    const signed = await authorizeSettlement(test.shop.contracts, test.client, quote.job);
    const snapshot = await test.devnet.anvil.send("evm_snapshot");
    await test.devnet.anvil.send("anvil_setNextBlockTimestamp", Number(quote.job.fundBy) + 1);
    await test.devnet.anvil.send("anvil_mine", "0x1");
    expect(await refusalOf(() => test.orders.accept(quote.jobId, signed))).to.contain("has expired");
    await test.devnet.anvil.send("evm_revert", snapshot);
  });

  it("ends unpaid where its time is over, without a grudge", async () => {
    const quote = await test.quote();
    await accept(quote);
    await test.database.query("update job set fund_by = now() - interval '1 s' where id = $1", [quote.jobId]);
    await checkEscrow(test.database, test.statusOf);
    expect((await test.row(quote.jobId)).state).to.equal("expired");
    expect(await test.orders.keep(await test.unwritten())).to.include({ oneStep: true });
  });

  it("is lost where its client cancels, who has to pay first from then on", async () => {
    const quote = await test.quote();
    await accept(quote);
    await prove(quote);
    const all = await token(quote).balanceOf(await test.client.getAddress());
    await (await token(quote).transfer(test.shop.provider, all)).wait();
    await settle();
    await test.finalize();
    await follow();
    expect((await test.row(quote.jobId)).state).to.equal("lost");
    await (await token(quote).mint(await test.client.getAddress(), 10n ** 20n)).wait();
    const next = await test.quote();
    expect(await refusalOf(() => accept(next))).to.contain("has to be paid before");
    await test.pay(next);
    expect(await test.orders.keep(await test.unwritten())).to.include({ oneStep: false });
  });
});
