import { expect } from "chai";
import { modelOf, randomModel } from "./model.js";
import { drawRecipe, type Recipe } from "./recipe.js";
import { replay, runCompiled, runIntegers } from "./suites.js";

/** The long runs are in random.full.test.ts, over other seeds. */
const MODELS = 40;
const COMPILED = 2;

describe("random models", function () {
  it(`keeps all that gadgets assume, for twelve inputs of each of ${MODELS} models`, async () => {
    const { refused } = await runIntegers(1, MODELS);
    expect(refused / MODELS, "share of models that are refused").to.be.lessThan(0.3);
  });

  it(`is the executor on twelve inputs of each of ${COMPILED} compiled models, at the netlist's cost`, async () => {
    await runCompiled(1, COMPILED);
  });

  it("is the same model for the same seed, and again from its recipe's JSON", () => {
    for (const seed of [1, 2, 3]) {
      const again = JSON.parse(JSON.stringify(drawRecipe(seed))) as Recipe;
      const { graph, samples } = randomModel(seed);
      expect(modelOf(again).graph).to.deep.equal(graph);
      expect(modelOf(again).samples).to.deep.equal(samples);
    }
  });

  it("has the place of the greatest of one element, a constant of one element", async () => {
    const recipe = {
      ...drawRecipe(1, { small: true }),
      inputs: [{ kind: "floats", shape: [1, 1, 1], entries: 2, values: null, signed: false, center: 0 }],
      layers: [{ kind: "greatest", k: 1, last: false, show: "places" }],
    };
    expect(await replay(JSON.stringify(recipe))).to.deep.equal({ kind: "fine" });
  });

  it("replays a recipe", async () => {
    const recipe: Recipe = { ...drawRecipe(1, { small: true }), layers: [] };
    expect(await replay(JSON.stringify(recipe))).to.deep.equal({ kind: "fine" });
  });
});
