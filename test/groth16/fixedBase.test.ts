import { expect } from "chai";
import { curves } from "snarkjs";
import { GROUPS } from "../../src/groth16/curveGroup.js";
import { encodeScalars, FIELD_ORDER } from "../../src/groth16/field.js";
import { type GeneratorOptions, Generators } from "../../src/groth16/fixedBase.js";
import { windowBits } from "../../src/groth16/fixedBaseTable.js";

type Group = "G1" | "G2";

async function multiply(group: Group, scalars: readonly bigint[], options: GeneratorOptions = {}) {
  const counts = { G1: 0, G2: 0, [group]: scalars.length };
  const generators = new Generators(counts, options);
  const pieces: Uint8Array[] = [];
  for await (const piece of generators.multiply(group, encodeScalars(scalars))) pieces.push(piece);
  generators.close();
  const points = Buffer.concat(pieces);
  const size = GROUPS[group].pointBytes;
  expect(points).to.have.length(scalars.length * size);
  return scalars.map((_, i) => points.subarray(i * size, (i + 1) * size));
}

/** Scalars whose sums meet the same point twice in the last window of `bits` bits, and others at the edges of a digit. */
function edges(bits: number): bigint[] {
  const below = BigInt(bits * (Math.ceil(255 / bits) - 1));
  const half = 1n << (below - 1n);
  const rest = FIELD_ORDER % (1n << below);
  const twice = FIELD_ORDER - 2n * (rest > half ? rest - (1n << below) : rest);
  const digit = 1n << BigInt(bits);
  return [
    ...[0n, 1n, 2n, FIELD_ORDER - 1n, FIELD_ORDER - 2n, (FIELD_ORDER + 1n) / 2n, (FIELD_ORDER - 1n) / 2n],
    ...[digit - 1n, digit, digit + 1n, digit / 2n, digit / 2n + 1n, digit / 2n - 1n],
    ...(twice >= 0n && twice < FIELD_ORDER ? [twice] : []),
  ];
}

describe("multiples of the generators", function () {
  for (const group of ["G1", "G2"] as const)
    it(`are those of the curve in ${group}, at the edges of all windows`, async () => {
      const curve = await curves.getCurveFromName("bn128", { singleThread: true });
      for (const count of [20, 40, 700]) {
        const scalars = edges(windowBits(count));
        const all = [...scalars, ...new Array<bigint>(count - scalars.length).fill(0n)];
        const points = await multiply(group, all);
        const { g } = curve[group];
        scalars.forEach((scalar, i) => {
          const expected = curve[group].toAffine(curve[group].timesScalar(g, scalar));
          expect(points[i].equals(Buffer.from(expected)), `${scalar}`).to.equal(true);
        });
      }
    });

  it("are the same from several processes and batches, in order", async () => {
    for (const group of ["G1", "G2"] as const) {
      const few = edges(8);
      const many = [...few, ...Array.from({ length: 9000 }, (_, i) => BigInt(i % 50)), ...few];
      const fractions: number[] = [];
      const short = await multiply(group, few);
      const long = await multiply(group, many, {
        costPerProcess: 2000,
        onProgress: (fraction) => fractions.push(fraction),
      });
      expect(long.slice(0, few.length)).to.deep.equal(short);
      expect(long.slice(-few.length)).to.deep.equal(short);
      expect(fractions.at(-1)).to.equal(1);
      expect(await multiply(group, [])).to.deep.equal([]);
    }
  });
});
