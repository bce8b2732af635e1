import { expect } from "chai";
import { Signature, type Signer } from "ethers";
import { authorizeRequest } from "../../../src/client/index.js";
import type { Shop } from "../../../src/service/offer/shop.js";
import { relayPayment } from "../../../src/service/orders/payment.js";
import { TestToken__factory } from "../../../types/ethers-contracts/factories/test/TestToken__factory.js";
import { refusalOf } from "../../plugin/project.js";
import { BUILD, TestShop } from "./testShop.js";

describe("a payment that the service relays", function () {
  this.timeout(300_000);
  let test: TestShop;
  let shop: Shop;
  let client: Signer;

  before(async () => {
    test = await TestShop.open();
    ({ shop, client } = test);
  });
  after(() => test.close());

  it("funds the job once, and gives it to the provers when that is final", async () => {
    const quoted = await test.quote();
    const authorization = await test.pay(quoted);
    await relayPayment(shop, test.database, test.ledger, quoted.jobId, authorization);
    expect(await test.follow()).to.deep.equal([]);
    await test.finalize();
    expect(await test.statusOf(quoted.jobId)).to.equal("funded");
    expect(await test.follow()).to.deep.equal([quoted.jobId]);
    expect(await test.follow()).to.deep.equal([]);
    expect((await test.row(quoted.jobId)).state).to.equal("funded");
    expect((await test.queue.take([BUILD]))?.job).to.equal(quoted.jobId);
    expect(await test.queue.take([BUILD])).to.equal(undefined);
  });

  it("is refused before it is written down, where the escrow would refuse it", async () => {
    const quoted = await test.quote();
    const { jobId, job } = quoted;
    const authorization = await authorizeRequest(shop.contracts, client, job);
    const another = await authorizeRequest(shop.contracts, shop.chain.signer, {
      ...job,
      client: shop.provider,
    });
    for (const [wrong, words] of [
      [{ ...authorization, signature: another.signature }, /refused/],
      [{ ...authorization, validBefore: authorization.validBefore + 1n }, /refused/],
      [{ ...authorization, signature: "0x1234" }, /65 bytes/],
    ] as const) {
      expect(await refusalOf(() => relayPayment(shop, test.database, test.ledger, jobId, wrong))).to.match(
        words,
      );
      expect((await test.row(jobId)).state).to.equal("quoted");
    }
    const none = `0x${"12".repeat(32)}`;
    expect(
      await refusalOf(() => relayPayment(shop, test.database, test.ledger, none, authorization)),
    ).to.contain("no such job");
    expect(await test.database.query("select id from intent where id = $1", [`fund:${jobId}`])).to.deep.equal(
      [],
    );
  });

  it("is declined where the client cancels it meanwhile, with the reason", async () => {
    const quoted = await test.quote();
    await test.pay(quoted);
    const token = TestToken__factory.connect(quoted.job.token, client);
    await (await token.transfer(shop.provider, await token.balanceOf(await client.getAddress()))).wait();
    await test.finalize();
    expect(await test.follow()).to.deep.equal([]);
    const row = await test.row(quoted.jobId);
    expect(row.state).to.equal("declined");
    expect(row.reason).to.contain("refused");
    expect(await refusalOf(() => test.pay(quoted))).to.contain("The job is over");
    await (await token.mint(await client.getAddress(), 10n ** 20n)).wait();
  });

  it("is as good where somebody else has relayed it first", async () => {
    const quoted = await test.quote();
    const { validAfter, validBefore, signature } = await test.pay(quoted);
    const { r, s, v } = Signature.from(signature);
    const escrow = shop.contracts.escrow.connect(client);
    await (
      await escrow.requestWithAuthorization(quoted.job, quoted.offer, validAfter, validBefore, v, r, s)
    ).wait();
    await test.finalize();
    expect(await test.follow()).to.deep.equal([quoted.jobId]);
    expect((await test.row(quoted.jobId)).state).to.equal("funded");
  });
});
