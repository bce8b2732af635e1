import { expect } from "chai";
import { openArchive } from "../../src/import/zip.js";
import { clearError } from "./support.js";
import { writeZip } from "./zipWriter.js";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("zip archives", () => {
  it("reads stored and deflated entries", async () => {
    const archive = await openArchive(
      writeZip([
        { name: "a/one", data: text("hello") },
        { name: "two", data: text("world".repeat(100)), deflate: true },
      ]),
      "x.zip",
    );
    expect(archive.names).to.deep.equal(["a/one", "two"]);
    expect(Buffer.from(archive.read("a/one")).toString()).to.equal("hello");
    expect(archive.read("two").length).to.equal(500);
    expect(archive.has("three")).to.equal(false);
  });

  const refused: [string, () => Buffer, RegExp][] = [
    [
      "two entries of one name",
      () => writeZip([1, 2].map((n) => ({ name: "a", data: Buffer.from([n]) }))),
      /two entries named "a"/,
    ],
    [
      "overlapping entries",
      () => writeZip([1, 2].map((n) => ({ name: `a${n}`, data: text("hello"), claims: { offset: 0 } }))),
      /overlaps/,
    ],
    [
      "a bomb of zeros",
      () => writeZip([{ name: "a", data: Buffer.alloc(2 ** 26 + 1), deflate: true }]),
      /unpacks to too many bytes/,
    ],
    [
      "a path out of the archive",
      () => writeZip([{ name: "../a", data: text("x") }]),
      /invalid relative path/,
    ],
    ["a cut file", () => writeZip([{ name: "a", data: text("hello") }]).subarray(0, 60), /damaged/],
  ];
  for (const [what, make, message] of refused) {
    it(`refuses ${what}`, async () => {
      const error = await clearError(() => openArchive(make(), "x.zip"));
      expect(error.problem).to.match(message);
    });
  }

  const unreadable: [string, Parameters<typeof writeZip>[0][number], RegExp][] = [
    ["a wrong checksum", { name: "a", data: text("hello"), claims: { crc: 1 } }, /checksum/],
    [
      "more content than declared",
      { name: "a", data: text("hello".repeat(9)), deflate: true, claims: { size: 5 } },
      /damaged/,
    ],
    [
      "less content than declared",
      { name: "a", data: text("hello"), deflate: true, claims: { size: 9 } },
      /not the declared/,
    ],
  ];
  for (const [what, entry, message] of unreadable) {
    it(`refuses an entry with ${what}`, async () => {
      const archive = await openArchive(writeZip([entry]), "x.zip");
      expect((await clearError(() => archive.read("a"))).problem).to.match(message);
    });
  }
});
