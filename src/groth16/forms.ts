// Not zod: pages of browsers carry this.
import * as v from "valibot";

const number = v.pipe(
  v.string(),
  v.check((text) => /^\d{1,78}$/.test(text), "not a decimal number of at most 78 digits"),
  v.check((text) => !/^\d{1,78}$/.test(text) || BigInt(text) < 2n ** 256n, "not a number of 256 bits"),
);
const g1 = v.strictTuple([number, number, number]);
const pair = v.strictTuple([number, number]);
const g2 = v.strictTuple([pair, pair, pair]);
const system = { protocol: v.literal("groth16"), curve: v.literal("bn128") };

export const proof = v.object({ ...system, pi_a: g1, pi_b: g2, pi_c: g1 });

/** A proof as rapidsnark writes it, which does not name the curve. */
export const rapidsnarkProof = v.object({ protocol: system.protocol, pi_a: g1, pi_b: g2, pi_c: g1 });

/** What `torch2circom:prove --json` prints, and the page that sells saves. */
export const proofFile = v.object({
  proof,
  /** Of a model in segments: all proofs, and the commitments to what each hands to the next. */
  pipeline: v.optional(v.object({ proofs: v.array(proof), edges: v.array(number) })),
  publicSignals: v.array(number),
  opening: v.optional(v.object({ salt: number, words: v.optional(v.array(number)) })),
});

/** `verification_key.json`. */
export const verificationKey = v.pipe(
  v.object({
    ...system,
    nPublic: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    vk_alpha_1: g1,
    vk_beta_2: g2,
    vk_gamma_2: g2,
    vk_delta_2: g2,
    IC: v.array(g1),
  }),
  v.check(({ nPublic, IC }) => IC.length === nPublic + 1, "it has not one IC point more than public signals"),
);
