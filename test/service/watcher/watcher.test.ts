import { TestShop } from "../orders/testShop.js";
import { describeEvents } from "./events.js";
import { Funder } from "./funder.js";
import { describeInputs } from "./inputs.js";

describe("jobs that are funded without a quote", function () {
  this.timeout(300_000);
  let test: TestShop;
  let client: Funder;

  before(async () => {
    test = await TestShop.open();
    client = await Funder.start(test);
  });
  after(() => test.close());

  describeEvents(() => client);
  describeInputs(() => client);
});
