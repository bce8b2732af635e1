import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { JsonRpcProvider, toQuantity } from "ethers";
import { jobGas } from "../../../src/forecast/gas.js";
import { Coin } from "../../../src/service/running/means.js";
import { startRpcProxy } from "../../helpers/rpcProxy.js";
import { refusalOf } from "../../plugin/project.js";
import { TestShop } from "../orders/testShop.js";

describe("the coin of a service", function () {
  this.timeout(120_000);
  let test: TestShop;

  before(async () => (test = await TestShop.open()));
  after(() => test.close());

  const require = () => new Coin(test.client.provider!, test.shop, test.database).require();

  /** Gives the account the gas of so many jobs, with what they may take beyond the estimate. */
  const give = async (jobs: number, less = 0n) => {
    const { gasPrice } = await test.client.provider!.getFeeData();
    const [{ model }] = test.shop.models;
    const gas = BigInt(jobs) * jobGas(model.verificationKey.nPublic);
    const coin = (gas + gas / 4n) * gasPrice! - less;
    await test.devnet.anvil.send("anvil_setBalance", test.shop.provider, toQuantity(coin));
  };

  it("suffices for the jobs that are open, and one more", async () => {
    await give(1);
    await require();
    await give(1, 1n);
    expect(await refusalOf(require)).to.contain("has less coin than the gas of the open jobs");
    // A quote costs nothing, and a payment that is signed does.
    await test.pay(await test.quote());
    await give(1);
    expect(await refusalOf(require)).to.contain("has less coin than the gas of the open jobs");
    await give(2);
    await require();
    await test.database.query("update job set model = 'sold no more'");
    await require();
  });

  it("is asked for once in a few seconds, and the jobs each time", async () => {
    const proxy = await startRpcProxy(test.devnet.anvil.url);
    const provider = new JsonRpcProvider(proxy.url, undefined, { cacheTimeout: -1, batchMaxCount: 1 });
    try {
      const coin = new Coin(provider, test.shop, test.database);
      const asked = () => proxy.calls.filter(({ method }) => method === "eth_getBalance").length;
      const open = await test.database.query("select from job where state = 'funding'");
      await give(open.length + 1);
      await coin.require();
      const calls = proxy.calls.length;
      expect(asked()).to.equal(1);
      for (let i = 0; i < 10; i++) await coin.require();
      expect(proxy.calls).to.have.length(calls);
      await test.pay(await test.quote());
      expect(await refusalOf(() => coin.require())).to.contain("has less coin");
      expect(proxy.calls).to.have.length(calls);
      await wait(5000);
      await give(open.length + 2);
      await coin.require();
      expect(asked()).to.equal(2);
    } finally {
      provider.destroy();
      proxy.close();
    }
  });
});
