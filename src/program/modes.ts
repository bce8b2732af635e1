import { Torch2CircomError } from "../errors/torch2circomError.js";

/**
 * What a proof shows of its inputs: a salted commitment to them; that, and their polynomial at a point, for contracts
 * that have the inputs in calldata; or the packed inputs themselves.
 */
export const INPUT_MODES = ["committed", "evaluated", "public"] as const;
export type InputMode = (typeof INPUT_MODES)[number];

/** Whether weights are constants of the circuit, or a secret of the prover with a public commitment. */
export const WEIGHT_MODES = ["public", "private"] as const;
export type WeightMode = (typeof WEIGHT_MODES)[number];

/**
 * What a proof shows of the outputs: the values, the places of the greatest, a commitment with the input's salt, or the values
 * behind masks of that salt.
 */
export const SHOWN_OUTPUTS = ["public", "argmax", "committed", "encrypted"] as const;
export type ShownOutput = (typeof SHOWN_OUTPUTS)[number];

/** What a circuit makes of its packed outputs. An argmax is an output of the program itself. */
export type OutputMode = Exclude<ShownOutput, "argmax">;

/** What a circuit makes of the packed outputs of a program that gives what is to be shown. */
export function outputModeOf(shown: ShownOutput): OutputMode {
  return shown === "argmax" ? "public" : shown;
}

/**
 * Refuses masks without meaning: only the commitment to the inputs says which salt they are of. With another salt, a proof
 * would show whatever its maker likes.
 *
 * @throws Torch2CircomError for encrypted outputs of public inputs
 */
export function requireBoundSalt(input: InputMode, output: ShownOutput): void {
  if (output !== "encrypted" || input !== "public") return;
  throw new Torch2CircomError(
    "INVALID_ARGUMENT",
    "Encrypted outputs take their salt from the commitment to the inputs, and public inputs have none",
    "Build with --input committed or --input evaluated, or with another --output.",
  );
}
