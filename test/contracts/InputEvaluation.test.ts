import { expect } from "chai";
import fc from "fast-check";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import type { InputEvaluationTest } from "../../types/ethers-contracts/index.js";
import { ethers } from "./helpers/escrow.js";
import { R } from "./helpers/fixture.js";

describe("InputEvaluation", () => {
  let library: InputEvaluationTest;
  before(async () => {
    library = await ethers.deployContract("InputEvaluationTest");
  });

  const word = fc.oneof(fc.bigInt(0n, 2n ** 248n - 1n), fc.constantFrom(0n, 1n, 2n ** 248n - 1n));

  it("puts together the signals that the client puts together", async () => {
    const arbitrary = fc.record({
      outputs: fc.array(word, { maxLength: 3 }),
      commitment: fc.bigInt(0n, R - 1n),
      words: fc.array(word, { minLength: 1, maxLength: 30 }),
      binding: word,
    });
    const check = async ({
      outputs,
      commitment,
      words,
      binding,
    }: {
      outputs: bigint[];
      commitment: bigint;
      words: bigint[];
      binding: bigint;
    }) => {
      const point = inputChallenge(commitment, words);
      const signals = await library.signals(outputs, commitment, words, words.length, binding);
      expect([...signals]).to.deep.equal([
        ...outputs,
        evaluateWords(words, point),
        point,
        commitment,
        binding,
      ]);
    };
    await fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: 50 });
  });

  it("refuses words of 2^248 and more, and another number of words", async () => {
    for (const [words, index] of [
      [[2n ** 248n, 0n], 0],
      [[5n, 3n + R], 1],
      [[5n, 2n ** 256n - 1n], 1],
    ] as const) {
      await expect(library.signals([], 1n, [...words], 2, 0))
        .to.be.revertedWithCustomError(library, "WordTooLarge")
        .withArgs(index);
    }
    for (const words of [[1n], [1n, 2n, 0n], []]) {
      await expect(library.signals([], 1n, words, 2, 0))
        .to.be.revertedWithCustomError(library, "WrongWordCount")
        .withArgs(2, words.length);
    }
  });
});
