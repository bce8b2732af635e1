/**
 * What a proof shows of its inputs: a salted commitment to them; that, and their polynomial at a point, for contracts
 * that have the inputs in calldata; or the packed inputs themselves.
 */
export const INPUT_MODES = ["committed", "evaluated", "public"] as const;
export type InputMode = (typeof INPUT_MODES)[number];

/** Whether weights are constants of the circuit, or a secret of the prover with a public commitment. */
export const WEIGHT_MODES = ["public", "private"] as const;
export type WeightMode = (typeof WEIGHT_MODES)[number];

/** What a proof shows of the outputs: the values, the places of the greatest, or a commitment with the input's salt. */
export const SHOWN_OUTPUTS = ["public", "argmax", "committed"] as const;
export type ShownOutput = (typeof SHOWN_OUTPUTS)[number];

/** What a circuit makes of its packed outputs. An argmax is an output of the program itself. */
export type OutputMode = Exclude<ShownOutput, "argmax">;
