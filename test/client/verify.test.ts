import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { verifyProof } from "../../src/client/verify.js";
import { BASE_FIELD_ORDER, FIELD_ORDER } from "../../src/groth16/field.js";
import type { Proof, VerificationKey } from "../../src/groth16/types.js";
import { verify } from "../../src/groth16/verify.js";
import { keys, prove } from "../contracts/helpers/fixture.js";

/** A point of the curve that G2 is a subgroup of, outside of it, as snarkjs would write it. */
function outsideSubgroup(): Proof["pi_b"] {
  const { Fp2 } = bn254.fields;
  const { b } = bn254.G2.Point.CURVE();
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.create({ c0, c1: 1n });
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      return [x, y, Fp2.ONE].map((value) => [String(value.c0), String(value.c1)]) as Proof["pi_b"];
    } catch {
      continue; // x has no point.
    }
  }
}

describe("the client's verifier", function () {
  const key = keys.contributed;
  let proof: Proof;
  let other: Proof;
  let signals: string[];

  before(async () => {
    const first = await prove(11n, 5n, 99n);
    proof = first.raw as Proof;
    signals = first.signals.map(String);
    other = (await prove(11n, 5n, 99n)).raw as Proof;
  });

  const plus = (text: string, order: bigint): string => String(BigInt(text) + order);

  it("accepts what snarkjs accepts: a proof, another of the same statement, and the malleated one", async () => {
    const negated = (text: string): string => String(BASE_FIELD_ORDER - BigInt(text));
    const [a, b] = [proof.pi_a, proof.pi_b];
    const malleated: Proof = {
      ...proof,
      pi_a: [a[0], negated(a[1]), "1"],
      pi_b: [b[0], [negated(b[1][0]), negated(b[1][1])], b[2]],
    };
    for (const one of [proof, other, malleated]) {
      expect(await verify(key, signals, one)).to.equal(true);
      expect(verifyProof(key, signals, one)).to.equal(true);
    }
  });

  it("refuses every changed, missing, additional and non-canonical signal", async () => {
    const wrong = signals.flatMap((signal, i) => [
      signals.with(i, plus(signal, 1n)),
      signals.with(i, plus(signal, FIELD_ORDER)),
      signals.with(i, `0${signal}`),
      signals.with(i, `0x${BigInt(signal).toString(16)}`),
      signals.toSpliced(i, 1),
    ]);
    for (const one of [...wrong, [...signals, "0"], []]) {
      expect(verifyProof(key, one, proof), one.join()).to.equal(false);
      expect(await verify(key, one, proof), one.join()).to.equal(false);
    }
  });

  it("refuses points of other proofs, of no curve, outside the subgroup, at infinity, or not canonical", async () => {
    const [x, y] = proof.pi_a;
    const wrong: Partial<Proof>[] = [
      { pi_a: other.pi_a },
      { pi_b: other.pi_b },
      { pi_c: other.pi_c },
      { pi_a: [x, plus(y, 1n), "1"] },
      { pi_a: [plus(x, BASE_FIELD_ORDER), y, "1"] },
      { pi_a: ["0", "1", "0"] },
      { pi_a: ["0", "0", "1"] },
      { pi_c: ["0", "0", "1"] },
      { pi_a: [x, y, "2"] },
      { pi_b: outsideSubgroup() },
      { pi_b: [proof.pi_b[1], proof.pi_b[0], proof.pi_b[2]] },
      { curve: "bls12381" as "bn128" },
    ];
    for (const change of wrong) {
      const forged = { ...proof, ...change };
      expect(verifyProof(key, signals, forged), JSON.stringify(change)).to.equal(false);
      expect(await verify(key, signals, forged), JSON.stringify(change)).to.equal(false);
    }
  });

  it("refuses under another key, and under one that is damaged", () => {
    const { IC } = key;
    const wrong: Partial<VerificationKey>[] = [
      keys.uncontributed,
      { IC: IC.toReversed() },
      { IC: IC.slice(1) },
      { vk_alpha_1: ["1", "1", "1"] },
      { vk_gamma_2: outsideSubgroup() },
      { vk_delta_2: key.vk_gamma_2 },
    ];
    for (const change of wrong) expect(verifyProof({ ...key, ...change }, signals, proof)).to.equal(false);
  });

  it("refuses values of any other type", () => {
    for (const nothing of [null, undefined, {}, "proof", 7, []] as never[]) {
      expect(verifyProof(key, signals, nothing)).to.equal(false);
      expect(verifyProof(nothing, signals, proof)).to.equal(false);
      expect(verifyProof(key, nothing, proof)).to.equal(false);
    }
  });

  it("takes the point at infinity for a signal that a circuit does not use", async () => {
    const more = { ...key, nPublic: key.nPublic + 1, IC: [...key.IC, ["0", "1", "0"]] } as VerificationKey;
    for (const signal of ["0", "77"]) {
      expect(verifyProof(more, [...signals, signal], proof)).to.equal(true);
      expect(await verify(more, [...signals, signal], proof)).to.equal(true);
    }
  });
});
