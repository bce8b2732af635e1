import { expect } from "chai";
import { SMALL_MODELS } from "../helpers/models.js";
import { cutOf, opensToNoOthersAnywhere, provesInTwo, provesWhatTheWholeProves } from "./smallSegments.js";

const ATTENTION = "embedding, attention with a mask, residual, layer norm";
const CNN = "grouped conv, relu, max pool, flatten, dense";

describe("the segments of all small circuits", () => {
  for (const name of Object.keys(SMALL_MODELS))
    it(`prove what the whole proves, linked as circom makes them: "${name}" in two`, () => provesInTwo(name));

  for (const [name, output, shows] of [
    [ATTENTION, "public", "committed"],
    [CNN, "argmax", "public"],
  ] as const)
    it(`prove it in four: "${name}", ${output}, ${shows}`, async () => {
      const cut = cutOf(name, output, shows);
      const segments = cut.cuttable.cut({ segments: 4 })!;
      expect(segments.length).to.equal(4);
      await provesWhatTheWholeProves(cut, segments, `${name} ${shows} four`);
    });

  it("open no commitment to other integers, wherever they are cut", async () => {
    let tried = 0;
    for (const name of [CNN, ATTENTION, "every form of activation", "embedding, gate, RMS norm, mean, pool"])
      tried += await opensToNoOthersAnywhere(name);
    expect(tried).to.be.greaterThan(20);
  });
});
