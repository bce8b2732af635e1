import { expect } from "chai";
import fc from "fast-check";
import { packWords, unpackWords } from "../../src/client/commitment.js";
import type { Packing } from "../../src/netlist/types.js";
import type { OutputCodecTest } from "../../types/ethers-contracts/index.js";
import { ethers } from "./helpers/escrow.js";

describe("OutputCodec", () => {
  let codec: OutputCodecTest;
  before(async () => {
    codec = await ethers.deployContract("OutputCodecTest");
  });

  function schemaOf({ count, width, offset, perWord }: Packing, start = 0) {
    return { count, width, perWord, start, offset };
  }

  /** A packing and integers of its range. */
  const packed = fc
    .record({ count: fc.integer({ min: 1, max: 40 }), width: fc.integer({ min: 1, max: 40 }) })
    .chain(({ count, width }) => {
      const perWord = Math.floor(248 / width);
      const words = Math.ceil(count / perWord);
      const offset = fc.integer({ min: -(2 ** 39), max: 2 ** 39 });
      const raw = fc.array(fc.integer({ min: 0, max: 2 ** width - 1 }), {
        minLength: count,
        maxLength: count,
      });
      return fc.tuple(offset, raw).map(([by, values]) => ({
        packing: { count, width, offset: by, perWord, words } satisfies Packing,
        values: values.map((value) => value + by),
      }));
    });

  it("reads what the client's codec packs, after any number of other words", async () => {
    await fc.assert(
      fc.asyncProperty(
        packed,
        fc.array(fc.bigInt(0n, 2n ** 248n - 1n), { maxLength: 3 }),
        async (one, before) => {
          const { packing, values } = one;
          const words = packWords(values, packing);
          expect(unpackWords(words, packing)).to.deep.equal(values);
          const schema = schemaOf(packing, before.length);
          const decoded = await codec.decode([...before, ...words], schema);
          expect(decoded.map(Number)).to.deep.equal(values);
          const largest = values.indexOf(Math.max(...values));
          expect(await codec.argmax([...before, ...words], schema)).to.equal(BigInt(largest));
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 100) },
    );
  }).timeout(900_000);

  it("refuses the words that the client's codec refuses", async () => {
    await fc.assert(
      fc.asyncProperty(packed, fc.nat(), async ({ packing, values }, seed) => {
        const words = packWords(values, packing);
        const index = seed % words.length;
        const held = Math.min(packing.perWord, packing.count - index * packing.perWord);
        words[index] |= 1n << BigInt(held * packing.width);
        expect(() => unpackWords(words, packing)).to.throw(RangeError);
        await expect(codec.decode(words, schemaOf(packing)))
          .to.be.revertedWithCustomError(codec, "InvalidWord")
          .withArgs(index);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses an index that the output does not have, and too few words", async () => {
    const schema = { count: 3, width: 100, perWord: 2, start: 0, offset: 0 };
    await expect(codec.decodeAt([1n, 2n], schema, 3n))
      .to.be.revertedWithCustomError(codec, "IndexOutOfRange")
      .withArgs(3n);
    await expect(codec.decode([1n], schema))
      .to.be.revertedWithCustomError(codec, "MissingWords")
      .withArgs(2n, 1n);
    expect(await codec.decodeAt([1n, 2n], schema, 2n)).to.equal(2n);
  });

  it("gives the lowest index of equal largest integers", async () => {
    const schema = { count: 4, width: 8, perWord: 4, start: 0, offset: -128 };
    expect(await codec.argmax([0x05_09_09_01n], schema)).to.equal(1n);
  });
});
