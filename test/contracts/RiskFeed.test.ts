import { expect } from "chai";
import { evaluateWords, inputChallenge } from "../../src/client/evaluation.js";
import { forge, multiply, type Point } from "./helpers/curve.js";
import { COMMITMENT, deploy, ethers, networkHelpers, URI } from "./helpers/escrow.js";
import { encodeKey, keys, type ProofWords } from "./helpers/fixture.js";

const DATA = [5n, 2n ** 248n - 1n, 7n];
const INPUT_COMMITMENT = 42n;
const SCHEMA = { count: 1, width: 16, perWord: 1, start: 0, offset: -100 };

/** A feed under a key for five signals whose delta is known: the proof of any statement can be made, and is valid. */
async function deployFeed() {
  const { registry, worker, other } = await deploy();
  const [x, y] = keys.beaconOnly.IC[0].map(BigInt) as Point;
  const more = await Promise.all([2n, 3n].map((factor) => multiply([x, y], factor)));
  const IC = [...keys.beaconOnly.IC, ...more.map(([a, b]) => [String(a), String(b), "1"] as const)];
  const key = { ...keys.beaconOnly, nPublic: 5, IC: IC as typeof keys.beaconOnly.IC };
  const encoded = encodeKey(key);
  await registry.register(encoded, COMMITMENT, URI);
  const feed = await ethers.deployContract("RiskFeed", [
    {
      registry,
      modelId: await registry.modelIdOf(encoded, COMMITMENT),
      inputWords: DATA.length,
      score: SCHEMA,
      reporter: worker,
    },
  ]);
  const proofOf = (data: bigint[], output: bigint): Promise<ProofWords> => {
    const point = inputChallenge(INPUT_COMMITMENT, data);
    const signals = [output, evaluateWords(data, point), point, INPUT_COMMITMENT, 0n];
    return forge(key, signals, BigInt(keys.beaconDelta));
  };
  return { feed: feed.connect(worker), other, proofOf };
}

describe("RiskFeed", () => {
  it("publishes the score that is proven of the data", async () => {
    const { feed, proofOf } = await networkHelpers.loadFixture(deployFeed);
    await expect(feed.update(DATA, INPUT_COMMITMENT, [130n], await proofOf(DATA, 130n)))
      .to.emit(feed, "Scored")
      .withArgs(DATA, 30n);
    expect(await feed.score()).to.equal(30n);
  });

  it("refuses another score, other data, another commitment and another number of words", async () => {
    const { feed, proofOf } = await networkHelpers.loadFixture(deployFeed);
    const proof = await proofOf(DATA, 130n);
    const attempts = {
      score: () => feed.update(DATA, INPUT_COMMITMENT, [131n], proof),
      data: () => feed.update(DATA.with(0, 6n), INPUT_COMMITMENT, [130n], proof),
      commitment: () => feed.update(DATA, INPUT_COMMITMENT + 1n, [130n], proof),
    };
    for (const [what, attempt] of Object.entries(attempts)) {
      await expect(attempt(), what).to.be.revertedWithCustomError(feed, "InvalidProof");
    }
    for (const data of [DATA.slice(1), [...DATA, 0n]]) {
      await expect(feed.update(data, INPUT_COMMITMENT, [130n], await proofOf(data, 130n)))
        .to.be.revertedWithCustomError(feed, "WrongWordCount")
        .withArgs(DATA.length, data.length);
    }
  });

  it("refuses a word that is not a packed one, of which two would have one value in the field", async () => {
    const { feed, proofOf } = await networkHelpers.loadFixture(deployFeed);
    const data = DATA.with(1, 2n ** 248n);
    await expect(feed.update(data, INPUT_COMMITMENT, [130n], await proofOf(data, 130n)))
      .to.be.revertedWithCustomError(feed, "WordTooLarge")
      .withArgs(1);
  });

  it("takes data from its reporter only", async () => {
    const { feed, other, proofOf } = await networkHelpers.loadFixture(deployFeed);
    await expect(feed.connect(other).update(DATA, INPUT_COMMITMENT, [130n], await proofOf(DATA, 130n)))
      .to.be.revertedWithCustomError(feed, "NotReporter")
      .withArgs(other);
  });
});
