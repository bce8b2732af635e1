import { expect } from "chai";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "../../src/link/gadgetCache.js";

describe("the cache of gadgets", () => {
  let folder: string;
  let made: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "torch2circom-cache-"));
    made = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pieces = [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(5000).fill(7)];
  const ask = async (from = "a") =>
    (
      await cached(join(folder, "gadgets"), { from }, async () => {
        made++;
        return pieces;
      })
    ).map((piece) => Buffer.from(piece).toString("hex"));
  const expected = pieces.map((piece) => Buffer.from(piece).toString("hex"));
  const entry = () => join(folder, "gadgets", readdirSync(join(folder, "gadgets"))[0]);

  it("makes an entry once for all that it depends on", async () => {
    for (let i = 0; i < 3; i++) expect(await ask()).to.deep.equal(expected);
    expect(made).to.equal(1);
    expect(await ask("another compiler")).to.deep.equal(expected);
    expect(made).to.equal(2);
  });

  it("makes a damaged entry again: changed, cut off, empty, or something else", async () => {
    await ask();
    const whole = readFileSync(entry());
    const damages = [
      (path: string) =>
        writeFileSync(
          path,
          whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte)),
        ),
      (path: string) =>
        writeFileSync(
          path,
          whole.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
        ),
      (path: string) => truncateSync(path, whole.length - 9),
      (path: string) => truncateSync(path, 33),
      (path: string) => truncateSync(path, 0),
      (path: string) => writeFileSync(path, "something else"),
    ];
    for (const [i, damage] of damages.entries()) {
      damage(entry());
      expect(await ask(), `damage ${i}`).to.deep.equal(expected);
      expect(made).to.equal(2 + i);
      expect(readFileSync(entry()).equals(whole), "repaired").to.equal(true);
    }
  });

  it("serves many that ask at once, and leaves nothing unfinished", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    for (const answer of answers) expect(answer).to.deep.equal(expected);
    expect(readdirSync(join(folder, "gadgets"))).to.have.length(1);
  });

  it("does without a folder that cannot be written", async () => {
    writeFileSync(join(folder, "gadgets"), "a file where the folder would be");
    expect(await ask()).to.deep.equal(expected);
    rmSync(join(folder, "gadgets"));
    await ask();
    chmodSync(join(folder, "gadgets"), 0o500);
    expect(await ask("another")).to.deep.equal(expected);
    chmodSync(join(folder, "gadgets"), 0o700);
  });

  it("keeps nothing of an entry that could not be made", async () => {
    const fails = cached(join(folder, "gadgets"), { from: "a" }, () => Promise.reject(new Error("no")));
    expect(await fails.catch((error: Error) => error.message)).to.equal("no");
    expect(await ask()).to.deep.equal(expected);
  });
});
