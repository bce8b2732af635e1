import { TestShop } from "../orders/testShop.js";
import { describeEvents } from "./events.js";
import { PayingClient } from "./payingClient.js";
import { describeInputs } from "./inputs.js";

describe("jobs that are funded without a quote", function () {
  this.timeout(300_000);
  let test: TestShop;
  let client: PayingClient;

  before(async () => {
    test = await TestShop.open();
    client = await PayingClient.start(test);
  });
  after(() => test.close());

  describeEvents(() => client);
  describeInputs(() => client);
});
