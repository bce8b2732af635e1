import { expect } from "chai";
import type { Manifest } from "../../src/artifacts/manifest.js";
import { encodeOutputs, encryptOutputWords, inputCommitment } from "../../src/client/index.js";
import { answerOnChain } from "../../web/checkout/order/onChain.js";
import { isOwnInput } from "../../web/checkout/order/ownInput.js";
import { readAnswer } from "../../web/parts/readAnswer.js";
import { buildOnce } from "../helpers/builds.js";
import { makeProject } from "../plugin/project.js";

describe("the answer on the chain, as pages read it", function () {
  this.timeout(120_000);
  const salt = 123456789n;
  let manifest: Manifest;
  let words: bigint[];

  before(async () => {
    const { hre } = await makeProject();
    await buildOnce(hre);
    manifest = await hre.torch2circom.manifest("iris");
    words = encodeOutputs(manifest, [[0.5, -1.25, 0]]);
  });

  it("is read with the manifest alone where it is public", () => {
    const read = readAnswer(manifest, words, undefined);
    expect(read).to.include({ isOpened: false });
    expect(readAnswer(manifest, words, salt)).to.deep.equal(read);
    expect(readAnswer(manifest, [...words, 1n], undefined)).to.match(/gives 1 output words, not 2/);
  });

  it("is read with the client's own salt where it is masked, and not without", () => {
    const masked: Manifest = { ...manifest, outputMode: "encrypted" };
    const shown = encryptOutputWords(BigInt(manifest.domain), salt, words);
    expect(readAnswer(masked, shown, undefined)).to.match(/^The answer is masked/);
    const opened = readAnswer(masked, shown, salt);
    expect(opened).to.deep.equal({ ...(readAnswer(manifest, words, undefined) as object), isOpened: true });
    expect(readAnswer(masked, shown, salt + 1n)).to.match(/cannot have these words/);
  });

  it("is nobody's to read where the chain has a commitment", () => {
    expect(readAnswer({ ...manifest, outputMode: "committed" }, [5n], salt)).to.match(/only a commitment/);
  });

  it("never takes the order off the page that sells: what cannot be read is said", () => {
    const input = { integers: [[1, 2, 3, 4]], salt, commitment: 5n };
    const onChain = (outputWords?: readonly bigint[]) =>
      answerOnChain({ manifest }, { outputWords }, { input });
    expect(onChain()).to.equal(undefined);
    expect(onChain(words)).to.deep.equal(readAnswer(manifest, words, salt));
    expect(onChain([...words, 1n])).to.match(/gives 1 output words, not 2/);
    expect(onChain([2n ** 250n])).to.match(/cannot have these words/);
  });

  it("is of an input that fits the model, or of another", () => {
    const kept = (integers: number[][], commitment: bigint) => ({
      input: { integers, salt, commitment },
      job: { inputCommitment: commitment },
    });
    const integers = [[1, 2, 3, 4]];
    const commitment = inputCommitment(manifest, integers, salt);
    expect(isOwnInput({ manifest }, kept(integers, commitment))).to.equal(true);
    // A job's file is anybody's.
    for (const other of [[[1, 2, 3, 5]], [], [[1, 2, 3, 4], [5]], [[1e15, 0, 0, 0]]])
      expect(isOwnInput({ manifest }, kept(other, commitment)), String(other)).to.equal(false);
  });
});
