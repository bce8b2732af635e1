import { expect } from "chai";
import type { Manifest } from "../../src/artifacts/manifest.js";
import { encodeOutputs, encryptOutputWords } from "../../src/client/index.js";
import { readAnswer } from "../../web/job/answer.js";
import { buildOnce } from "../helpers/builds.js";
import { makeProject } from "../plugin/project.js";

describe("the answer on the page of a job", function () {
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
});
