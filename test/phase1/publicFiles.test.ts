import { expect } from "chai";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { powerFor, publicFile, smallestPublicFile } from "../../src/phase1/publicFiles.js";

describe("The public files of powers of tau", () => {
  it("are those that snarkjs' README names, with their hashes", () => {
    const entry = createRequire(import.meta.url).resolve("snarkjs");
    const readme = readFileSync(join(dirname(entry), "..", "README.md"), "utf8");
    const rows = [...readme.matchAll(/\[([\w]+\.ptau)\]\((\S+)\)\s*\|\s*([0-9a-f]{128})/g)];
    const published = rows.map(([, name, url, blake2b512]) => ({ name, url, blake2b512 }));
    const known = Array.from({ length: 21 }, (_, i) => publicFile(8 + i)!);
    expect(known.map(({ name, url, blake2b512 }) => ({ name, url, blake2b512 }))).to.deep.equal(published);
    expect(known.map(({ power }) => power)).to.deep.equal(published.map((_, i) => 8 + i));
    expect(new Set(known.map(({ blake2b512 }) => blake2b512)).size).to.equal(21);
  });

  it("are chosen as small as they serve", () => {
    expect([0, 1, 2, 3, 4, 255, 256, 2 ** 28 - 1, 2 ** 28].map(powerFor)).to.deep.equal([
      0, 1, 2, 2, 3, 8, 9, 28, 29,
    ]);
    const powers = [1, 255, 256, 131_071, 131_072, 2 ** 28 - 1].map((size) => smallestPublicFile(size).power);
    expect(powers).to.deep.equal([8, 8, 9, 17, 18, 28]);
    expect(() => smallestPublicFile(2 ** 28)).to.throw("no powers of tau have more than 2^28");
    expect(publicFile(29)).to.equal(undefined);
  });

  it("are no larger than is said, and by less than a megabyte", () => {
    // 18 points per row without contributions: see the lengths of the sections.
    for (const power of [8, 17, 28]) {
      const { mostBytes } = publicFile(power)!;
      expect(mostBytes - 1152 * 2 ** power).to.be.within(1504 * 55, 2 ** 20);
    }
  });
});
