import { walkTheRoad } from "./road.js";

describe("fixture models, from file to a proof on chain", function () {
  this.timeout(300_000);

  for (const name of ["logreg_breast", "seed_transformer_l2"]) {
    it(`${name}: exact on every sample, proven and verified`, () => walkTheRoad(name));
  }
});
