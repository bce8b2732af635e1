import { expect } from "chai";
import { toQuantity } from "ethers";
import { jobGas } from "../../../src/forecast/gas.js";
import { requireCoin } from "../../../src/service/running/means.js";
import { refusalOf } from "../../plugin/project.js";
import { TestShop } from "../orders/testShop.js";

describe("the coin of a service", function () {
  this.timeout(120_000);
  let test: TestShop;

  before(async () => (test = await TestShop.open()));
  after(() => test.close());

  const require = () => requireCoin(test.client.provider!, test.shop, test.database);

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
});
