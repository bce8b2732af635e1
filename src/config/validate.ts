import { INPUT_MODES, SHOWN_OUTPUTS, WEIGHT_MODES } from "../program/modes.js";
import {
  conditionalUnionType,
  sensitiveStringSchema,
  validateUserConfigZodType,
} from "@nomicfoundation/hardhat-zod-utils";
import type { HardhatUserConfig } from "hardhat/config";
import type { HardhatUserConfigValidationError } from "hardhat/types/hooks";
import { z } from "zod";
import { MODEL_NAME } from "../artifacts/names.js";
import { CEREMONY } from "../phase1/source.js";
import { LEAST_BITS, MOST_BITS } from "./resolve.js";

const bits = z
  .number()
  .int()
  .min(LEAST_BITS, `It takes at least ${LEAST_BITS} bits`)
  .max(MOST_BITS, `It takes at most ${MOST_BITS} bits`);
const path = z.string().min(1, "A path cannot be empty");

const model = z
  .object({
    source: path,
    samples: path.optional(),
    card: path.optional(),
    sizes: z.record(z.string(), z.number().int().min(1, "A size is at least 1")).optional(),
    inputBits: bits.optional(),
    weightBits: bits.optional(),
    activationBits: bits.optional(),
    percentile: z.number().gt(0, "It is above 0").max(100, "It is at most 100").optional(),
    maxError: z.number().gt(0, "It is above 0").max(1, "It is a share of the range, at most 1").optional(),
    provider: z
      .string()
      .regex(/^0x[0-9a-fA-F]{40}$/, "An address is 0x and 40 hexadecimal digits")
      .optional(),
    prices: z.array(z.string().min(1, "A price is an amount: 0.001")).optional(),
    segments: z
      .union([
        z.literal("auto"),
        z.number().int().min(2, "A model is cut into at least 2 segments"),
        z.object({ rows: z.number().int().positive() }).strict(),
      ])
      .optional(),
    batch: z.array(z.number().int().min(2, "A batch has at least 2 jobs")).optional(),
    layers: z
      .record(z.string(), z.object({ weightBits: bits.optional(), activationBits: bits.optional() }).strict())
      .optional(),
    input: z.enum(INPUT_MODES).optional(),
    weights: z.enum(WEIGHT_MODES).optional(),
    output: z.enum(SHOWN_OUTPUTS).optional(),
  })
  .strict();

const sha256 = z.string().regex(/^[0-9a-f]{64}$/i, "A sha256 has 64 hexadecimal digits");
const has = (key: string) => (value: unknown) => typeof value === "object" && value !== null && key in value;

const ptau = conditionalUnionType(
  [
    [(value) => value === CEREMONY, z.literal(CEREMONY)],
    [
      has("url"),
      z
        .object({ url: z.string().regex(/^https?:\/\/./, "It begins with https:// or http://"), sha256 })
        .strict(),
    ],
    [has("path"), z.object({ path, sha256: sha256.optional() }).strict()],
  ],
  `Give "${CEREMONY}" for the file of that public ceremony, or { path, sha256 }, or { url, sha256 }`,
);

const userConfig = z.object({
  torch2circom: z
    .object({
      models: z
        .record(
          z
            .string()
            .regex(
              MODEL_NAME,
              'Use up to 64 letters, digits, - and _, beginning with a letter, but not "service"',
            ),
          model,
        )
        .optional(),
      outDir: path.optional(),
      jobsDir: path.optional(),
      cacheDir: path.optional(),
      prover: z.enum(["snarkjs", "rapidsnark"]).optional(),
      rapidsnark: path.optional(),
      circom: z.literal("wasm").optional(),
      ptau: ptau.optional(),
      operatorToken: sensitiveStringSchema.optional(),
    })
    .strict()
    .optional(),
});

/** Errors of the plugin's part of the user's configuration, each with its place. */
export function validateUserConfig(config: HardhatUserConfig): HardhatUserConfigValidationError[] {
  return validateUserConfigZodType(config, userConfig);
}
