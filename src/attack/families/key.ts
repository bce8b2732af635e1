import { FIELD_ORDER } from "../../circom/field.js";
import { BASE_FIELD_ORDER, mod } from "../../groth16/field.js";
import type { G2Point, PublicSignals, VerificationKey } from "../../groth16/types.js";
import type { AttackFamily } from "../family.js";

/** E12: keys that anybody can forge with, and proofs for other signals. */
export const key: AttackFamily = {
  id: "E12",
  title: "the key, and proofs for other signals",
  async run(target, trials, control) {
    if (target.key === undefined) return "no key is given";
    const { verificationKey, prove, verify } = target.key;
    checkKey(
      verificationKey,
      target.r1cs.publicOutputs + target.r1cs.publicInputs,
      trials.check.bind(trials),
    );
    const { proof, publicSignals } = await prove(target.witness);
    await control.update(0.3);
    if (!(await verify(publicSignals, proof))) {
      trials.check(
        "the honest proof",
        false,
        "",
        "it does not verify: nothing below would be shown by refusals",
      );
      return undefined;
    }
    const refuse = async (what: string, signals: PublicSignals, forged = proof): Promise<void> =>
      trials.check(
        what,
        !(await verify(signals, forged)),
        "the verifier",
        `a proof verifies for ${signals.join(", ")}`,
      );
    for (let i = 0; i < publicSignals.length; i++) {
      const others = [...publicSignals];
      others[i] = mod(BigInt(others[i]) + 1n).toString();
      await refuse(`public signal ${i} + 1`, others);
    }
    const aliased = publicSignals.map((signal) => (BigInt(signal) + FIELD_ORDER).toString());
    await refuse("every signal plus the field's order", aliased);
    await refuse("a signal too few", publicSignals.slice(0, -1));
    await refuse("a signal too many", [...publicSignals, "0"]);
    await control.update(0.6);
    const [x, y, z] = proof.pi_a;
    const negated = {
      ...proof,
      pi_a: [x, (BASE_FIELD_ORDER - BigInt(y)).toString(), z] as typeof proof.pi_a,
    };
    await refuse("-A with the same B and C", publicSignals, negated);
    // The prover does not look at its witness: what comes of a forged one is for the verifier to refuse.
    const witness = [...target.witness];
    witness[1] = mod(witness[1] + 1n);
    const forged = await prove(witness);
    await refuse("a proof made from a forged witness", forged.publicSignals, forged.proof);
    return undefined;
  },
};

type Check = (what: string, passes: boolean, by: string, evidence: string) => void;

function checkKey(verificationKey: VerificationKey, signals: number, check: Check): void {
  const { vk_gamma_2: gamma, vk_delta_2: delta, vk_alpha_1, vk_beta_2, IC, nPublic } = verificationKey;
  check(
    "gamma = delta: a setup that nobody contributed to",
    gamma.join() !== delta.join() && negated(gamma).join() !== delta.join(),
    "delta is neither gamma nor -gamma",
    "delta = ±gamma: whoever likes can prove any output",
  );
  check(
    "a key for another number of signals",
    nPublic === signals && IC.length === signals + 1,
    `the key takes the circuit's ${signals} public signals`,
    `the key takes ${nPublic} signals and has ${IC.length} points, the circuit has ${signals}`,
  );
  const zero = [...IC, vk_alpha_1].some(([, , z]) => z === "0") || [gamma, delta, vk_beta_2].some(isInfinite);
  check(
    "a point at infinity in the key",
    !zero,
    "no point of the key is infinite",
    "a signal or secret without effect",
  );
  check(
    "two signals with the same point",
    new Set(IC.map((point) => point.join())).size === IC.length,
    "all signals have points of their own",
    "two public signals are interchangeable",
  );
}

function isInfinite([, , z]: G2Point): boolean {
  return z.join() === "0,0";
}

function negated([x, y, z]: G2Point): G2Point {
  return [
    x,
    y.map((part) => ((BASE_FIELD_ORDER - BigInt(part)) % BASE_FIELD_ORDER).toString()) as [string, string],
    z,
  ];
}
