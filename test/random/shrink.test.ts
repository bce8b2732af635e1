import { expect } from "chai";
import { execute } from "../../src/program/execute.js";
import { checkedIntervals } from "../../src/program/intervals.js";
import { inputsOf } from "./inputs.js";
import { failed, FINE, judge, type Check } from "./judge.js";
import { drawRecipe } from "./recipe.js";
import { shrink } from "./shrink.js";

/** False of most models. */
const noElementExceeds100: Check = ({ recipe, samples }, { program }) => {
  const most = inputsOf(program, checkedIntervals(program), samples, recipe.seed)
    .flatMap((inputs) => execute(program, inputs))
    .reduce((greatest, values) => values.reduce((a, b) => Math.max(a, b), greatest), 0);
  return most > 100 ? failed("an element exceeds 100", String(most)) : FINE;
};

describe("the shrinker of random models", function () {
  it("makes what fails a check small: at most three layers, few numbers, and it still fails", async () => {
    let failures = 0;
    for (let seed = 1; failures < 5; seed++) {
      const recipe = drawRecipe(seed);
      const fails = async (candidate: typeof recipe) =>
        (await judge(candidate, noElementExceeds100)).kind === "failed";
      if (recipe.layers.length < 4 || !(await fails(recipe))) continue;
      failures++;
      const small = await shrink(recipe, fails);
      expect(await fails(small), "what is left fails").to.equal(true);
      expect(small.layers.length, JSON.stringify(small)).to.be.at.most(3);
      expect(JSON.stringify(small).length).to.be.lessThan(JSON.stringify(recipe).length);
    }
  });

  it("leaves a part in which nothing can go", async () => {
    const recipe = drawRecipe(2);
    const kinds = recipe.layers.map(({ kind }) => kind);
    const small = await shrink(recipe, ({ layers }) => kinds.every((kind, i) => layers[i]?.kind === kind));
    expect(small.layers.map(({ kind }) => kind)).to.deep.equal(kinds);
  });

  it("gives up after as many tries as it may take", async () => {
    let tries = 0;
    await shrink(drawRecipe(1), () => ++tries < 0, 7);
    expect(tries).to.equal(7);
  });
});
