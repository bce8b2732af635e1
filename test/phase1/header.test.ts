import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { requirePowersOfTau } from "../../src/phase1/header.js";
import { writeDevelopmentPowersOfTau } from "../helpers/developmentPowersOfTau.js";
import { refusalOf, temporaryFolder } from "../plugin/project.js";

/** Where the content of a section begins. */
function placeOf(bytes: Buffer, id: number): number {
  let at = 12;
  while (bytes.readUInt32LE(at) !== id) at += 12 + Number(bytes.readBigUInt64LE(at + 4));
  return at + 12;
}

/** A section with its number and its length before it. */
function section(id: number, content: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(id);
  head.writeBigUInt64LE(BigInt(content.length), 4);
  return Buffer.concat([head, content]);
}

describe("Powers of tau", function () {
  const ptau = join(temporaryFolder(), "powers.ptau");
  let good: Buffer;

  before(async () => {
    await writeDevelopmentPowersOfTau(1, ptau, 1);
    good = readFileSync(ptau);
  });

  const refusedBytes = (bytes: Buffer, size = 0) => {
    writeFileSync(ptau, bytes);
    return refusalOf(() => requirePowersOfTau(ptau, size));
  };
  const refused = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(good);
    change(bytes);
    return refusedBytes(bytes);
  };
  /** The file with another last section: contributions are that. */
  const withContributions = (content: Buffer) =>
    Buffer.concat([good.subarray(0, placeOf(good, 7) - 12), section(7, content)]);
  /** One record, of a type and with parameters. */
  const record = (type: number, ...parameters: number[]) => {
    const content = Buffer.alloc(4 + 1496 + 8 + parameters.length);
    content.writeUInt32LE(1);
    content.writeUInt32LE(type, 4 + 1496);
    content.writeUInt32LE(parameters.length, 4 + 1496 + 4);
    content.set(parameters, 4 + 1496 + 8);
    return content;
  };

  it("are taken with a contribution on record", async () => {
    writeFileSync(ptau, good);
    expect(await requirePowersOfTau(ptau, 0)).to.include({ power: 1, contributions: 1 });
  });

  it("are taken with names and beacons", async () => {
    for (const parameters of [
      record(0, 1, 2, 65, 66),
      record(1, 2, 10, 3, 1, 0),
      record(1, 1, 0, 2, 24, 3, 1, 7),
    ]) {
      writeFileSync(ptau, withContributions(parameters));
      expect((await requirePowersOfTau(ptau, 1)).contributions).to.equal(1);
    }
  });

  it("need a contribution", async () => {
    expect(await refused((bytes) => bytes.writeUInt32LE(0, placeOf(bytes, 7)))).to.contain(
      "follows its last",
    );
    expect(await refusedBytes(withContributions(Buffer.alloc(4)))).to.contain("have no contribution");
    const none = Buffer.from(good.subarray(0, placeOf(good, 7) - 12));
    none.writeUInt32LE(none.readUInt32LE(8) - 1, 8);
    expect(await refusedBytes(none)).to.contain("have no contribution");
  });

  it("are large enough", async () => {
    expect(await refusedBytes(good, 2))
      .to.contain("are 2^1, too few")
      .and.to.contain("2^2 or more");
    expect(await refusedBytes(good, 1_000_000)).to.contain("2^20 or more");
  });

  for (const [secret, id, point] of [
    ["tau", 2, 1],
    ["alpha", 4, 0],
    ["beta", 5, 0],
  ] as const)
    for (const value of ["1", "-1", "0"] as const)
      it(`need secrets that nobody knows: ${secret} is not ${value}`, async () => {
        const refusal = await refused((bytes) => {
          // The first power of tau is the generator; its negative has the same x.
          const [generator, at] = [placeOf(bytes, 2), placeOf(bytes, id) + 64 * point];
          bytes.copy(bytes, at, generator, generator + 64);
          if (value === "-1") bytes[at + 32] ^= 1;
          if (value === "0") bytes.fill(0, at, at + 64);
        });
        expect(refusal).to.contain("a secret that everybody knows");
      });

  it("are strictly of the format", async () => {
    expect(await refusedBytes(good.subarray(0, 5))).to.contain("are damaged");
    expect(await refused((bytes) => bytes.write("zkey"))).to.contain("are damaged");
    expect(await refused((bytes) => bytes.writeUInt32LE(2, 4))).to.contain("are damaged");
    expect(await refusedBytes(good.subarray(0, -1))).to.contain("is cut off");
    expect(await refusedBytes(Buffer.concat([good, Buffer.alloc(1)]))).to.contain("follow the last section");
    const more = Buffer.concat([good, section(99, Buffer.alloc(3))]);
    more.writeUInt32LE(more.readUInt32LE(8) + 1, 8);
    expect(await refusedBytes(more)).to.contain("a section 99");
    const twice = Buffer.concat([good, section(6, Buffer.alloc(128))]);
    twice.writeUInt32LE(twice.readUInt32LE(8) + 1, 8);
    expect(await refusedBytes(twice)).to.contain("section 6 is there twice");
    expect(await refused((bytes) => (bytes[placeOf(bytes, 1) + 5] ^= 1))).to.contain("not over BN254");
    expect(await refused((bytes) => bytes.writeUInt32LE(29, placeOf(bytes, 1) + 36))).to.contain("2^29");
    expect(await refused((bytes) => bytes.writeUInt32LE(2, placeOf(bytes, 1) + 36))).to.contain(
      "2^2 of a ceremony of 2^1",
    );
    expect(await refused((bytes) => bytes.writeUInt32LE(2 ** 32 - 1, 8))).to.contain(
      "claims 4294967295 sections",
    );
    expect(
      await refused((bytes) => bytes.writeBigUInt64LE(2n ** 64n - 1n, placeOf(bytes, 3) - 8)),
    ).to.contain("is cut off");
    // A larger power, and the old sections.
    expect(
      await refused((bytes) => {
        bytes.writeUInt32LE(2, placeOf(bytes, 1) + 36);
        bytes.writeUInt32LE(2, placeOf(bytes, 1) + 40);
      }),
    ).to.contain("section 2 does not hold 2^2 powers");
    expect(await refused((bytes) => bytes.writeUInt32LE(16, placeOf(bytes, 12) - 12))).to.contain(
      "a section 16",
    );
  });

  it("record no contribution that a verification would never end with", async () => {
    for (const [content, why] of [
      [record(1, 2, 45, 3, 1, 0), "a beacon of 2^45 hashes"],
      [record(0, 2, 45), "a beacon of 2^45 hashes"],
      [record(1, 2, 10), "neither a person's nor a beacon's"],
      [record(7), "neither a person's nor a beacon's"],
      [record(0, 1, 200, 65), "cut off"],
      [record(0, 3, 0, 1, 0), "unknown parameters"],
      [record(0, 9, 0), "unknown parameters"],
      [record(0, 1), "cut off"],
      [Buffer.from([255, 255, 255, 255]), "cut off"],
      [Buffer.concat([record(0), Buffer.alloc(1)]), "follows its last contribution"],
      [Buffer.alloc(2 ** 24 + 1), "too many contributions"],
    ] as const)
      expect(await refusedBytes(withContributions(content)), why).to.contain(why);
  });

  it("are read or refused with an error of this package, whatever bytes they are", async () => {
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(good.subarray(0, round % 3 === 0 ? randomInt(good.length) : good.length));
      // Most of the form is in the heads of the sections.
      const places = [0, 12, placeOf(good, 1), placeOf(good, 7) - 12, randomInt(good.length)];
      const at = places[round % places.length] + randomInt(44);
      if (at < bytes.length) bytes[at] = randomInt(256);
      writeFileSync(ptau, bytes);
      const error = await requirePowersOfTau(ptau, 0).catch((reason: unknown) => reason);
      expect("contributions" in (error as object) || error instanceof Torch2CircomError).to.equal(true);
    }
  });

  it("are refused where there is no file", async () => {
    expect(await refusalOf(() => requirePowersOfTau(`${ptau}.none`, 0))).to.contain("cannot be read");
    expect(await refusalOf(() => requirePowersOfTau(temporaryFolder(), 0))).to.contain("cannot be read");
    // Opening a pipe would wait for its writer.
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await refusalOf(() => requirePowersOfTau(pipe, 0))).to.contain("cannot be read");
  });
});
