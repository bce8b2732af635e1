import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputKey } from "../../../src/service/jobs/sealed.js";
import { refusalOf, temporaryFolder } from "../../plugin/project.js";

describe("the key of inputs", () => {
  const [job, other] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];
  const text = '{"integers":[[1,2]],"salt":"3"}';

  it("opens what it sealed, for the same job, unchanged, and nothing else", () => {
    const key = new InputKey(randomBytes(32));
    const sealed = key.seal(job, text);
    expect(key.open(job, sealed)).to.equal(text);
    expect(sealed.includes("integers")).to.equal(false);
    expect(key.seal(job, text).equals(sealed)).to.equal(false);
    expect(() => key.open(other, sealed)).to.throw("not the one that was sealed");
    expect(() => new InputKey(randomBytes(32)).open(job, sealed)).to.throw("another key");
    for (let i = 0; i < 8 * sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i >> 3] ^= 1 << (i & 7);
      expect(() => key.open(job, changed), `bit ${i}`).to.throw(/not the one that was sealed|another key/);
    }
    for (let length = 0; length < sealed.length; length++)
      expect(() => key.open(job, sealed.subarray(0, length)), `${length} bytes`).to.throw(/sealed/);
  });

  it("is made once, for its user alone", async () => {
    const folder = temporaryFolder();
    const [one, two] = await Promise.all([InputKey.load(folder), InputKey.load(folder)]);
    expect(two.open(job, one.seal(job, text))).to.equal(text);
    const path = join(folder, "input.key");
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    await chmod(path, 0o640);
    expect(await refusalOf(() => InputKey.load(folder))).to.contain("chmod 600");
  });

  it("is the environment's, where several machines share a database", async () => {
    const folder = temporaryFolder();
    const own = await InputKey.load(folder);
    const hex = (await readFile(join(folder, "input.key"), "utf8")).trim();
    expect(InputKey.given({})).to.equal(undefined);
    const given = InputKey.given({ TORCH2CIRCOM_INPUT_KEY: hex })!;
    expect(given.open(job, own.seal(job, text))).to.equal(text);
    const refusal = await refusalOf(async () => InputKey.given({ TORCH2CIRCOM_INPUT_KEY: hex.slice(1) }));
    expect(refusal).to.contain("TORCH2CIRCOM_INPUT_KEY does not hold a key");
    expect(refusal).not.to.contain(hex.slice(1));
  });
});
