import { widthsHold } from "./widths.js";

describe("widths of some fixture models, recomputed from their programs", function () {
  this.timeout(120_000);

  for (const name of ["ae_upsample", "digits_cnn_bn", "iris_mlp", "seed_transformer_l2"])
    it(name, async () => {
      await widthsHold(name);
    });
});
