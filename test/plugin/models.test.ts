import { walkTheRoad } from "./road.js";

describe("fixture models, from file to a proof on chain", function () {
  this.timeout(300_000);

  it("seed_transformer_l2: exact on every sample, proven and verified", () =>
    walkTheRoad("seed_transformer_l2"));
});
