import { readdirSync } from "node:fs";
import { expect } from "chai";
import { FIXTURES } from "./project.js";
import { walkTheRoad } from "./road.js";

describe("every fixture model, from file to a proof on chain", function () {
  for (const name of readdirSync(FIXTURES).sort()) {
    it(`${name}: exact on every sample, proven and verified`, async () => {
      const { constraints, samples, proveSeconds } = await walkTheRoad(name);
      const { nonlinear, linear } = constraints;
      console.log(
        `      ${nonlinear} + ${linear} constraints, ${samples} samples, proof in ${proveSeconds.toFixed(1)} s`,
      );
    });
  }

  // Convolutions, whose words are hashed once and used at each position; attention, norms and an embedding.
  for (const [name, most] of [
    ["digits_cnn_bn", Infinity],
    ["digits_mlp", 4.2],
    ["seed_transformer_l2", Infinity],
  ] as const) {
    it(`${name} with private weights: exact on every sample, proven and verified`, async () => {
      const { constraints, notices } = await walkTheRoad(name, { weights: "private" });
      const [, each] = /, ([\d.]+) constraints each/.exec(notices.join("\n"))!;
      expect(Number(each), "constraints per weight").to.be.below(most);
      console.log(
        `      ${constraints.nonlinear} + ${constraints.linear} constraints; ${notices.join("; ")}`,
      );
    });
  }
});
