// The small variant: pages of browsers carry it.
import * as z from "zod/v4-mini";

const number = z.string().check(
  z.regex(/^\d{1,78}$/, { error: "not a decimal number", abort: true }),
  z.refine((text) => BigInt(text) < 2n ** 256n, "not a number of 256 bits"),
);
const g1 = z.tuple([number, number, number]);
const pair = z.tuple([number, number]);
const g2 = z.tuple([pair, pair, pair]);
const system = { protocol: z.literal("groth16"), curve: z.literal("bn128") };

export const proof = z.object({ ...system, pi_a: g1, pi_b: g2, pi_c: g1 });

/** What `torch2circom:prove --json` prints. */
export const proofFile = z.object({
  proof,
  publicSignals: z.array(number),
  opening: z.optional(z.object({ salt: number, words: z.array(number) })),
});

/** `verification_key.json`. */
export const verificationKey = z
  .object({
    ...system,
    nPublic: z.int().check(z.nonnegative()),
    vk_alpha_1: g1,
    vk_beta_2: g2,
    vk_gamma_2: g2,
    vk_delta_2: g2,
    IC: z.array(g1),
  })
  .check(
    z.refine(
      ({ nPublic, IC }) => IC.length === nPublic + 1,
      "it has not one IC point more than public signals",
    ),
  );
