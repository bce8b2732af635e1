import { widthsHold } from "./fixture.js";

describe("widths of some fixture models, recomputed from their texts", function () {
  for (const name of ["ae_upsample", "digits_cnn_bn", "digits_mlp", "iris_mlp", "seed_transformer_l2"])
    it(name, async () => {
      await widthsHold(name);
    });

  it("iris_mlp with private weights", async () => {
    await widthsHold("iris_mlp", { weights: "private", input: "evaluated", output: "committed" });
  });
});
