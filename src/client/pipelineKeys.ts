import { dataSlice, hexlify } from "ethers";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { VerificationKey } from "../groth16/types.js";
import { encodeVerificationKey } from "./escrow.js";

/** The keys of a model that is proven in segments. */
export interface Pipeline {
  /**
   * As snarkjs writes them, all of one phase 1: the first segment's, with 3 public signals; those of segments in between, with
   * 2, in the order of their first use; the last segment's, with one more than the model has output words.
   */
  readonly keys: readonly VerificationKey[];
  /** The number of each segment's key: 0, then numbers of keys in between, then that of the last key. */
  readonly segments: readonly number[];
}

/** Bytes of alpha, beta and gamma. */
const COMMON = 320;

/**
 * A pipeline in the registry's byte order: IModelRegistry.PipelineKeys, and a byte for each segment.
 *
 * @param pipeline the keys, and the number of each segment's key
 * @returns bytes, in hexadecimal
 * @throws Torch2CircomError if the keys are not of one phase 1, or a number is not one of a key
 * @example
 * ```ts
 * import { encodePipeline } from "torch2circom/client";
 *
 * const pipeline = { keys: [verificationKey, verificationKey], segments: [0, 1] };
 * console.log(encodePipeline(pipeline).segments); // 0x0001
 * ```
 */
export function encodePipeline({ keys, segments }: Pipeline): {
  readonly keys: { readonly common: string; readonly keys: string[] };
  readonly segments: string;
} {
  const all = keys.map(encodeVerificationKey);
  const [common = "0x"] = all.map((key) => dataSlice(key, 0, COMMON));
  const other = all.findIndex((key) => dataSlice(key, 0, COMMON) !== common);
  if (other >= 0)
    throw new Torch2CircomError(
      "KEY_INVALID",
      `Key ${other} of the pipeline comes from another phase 1 than key 0`,
      "Set all segments up with the same powers of tau.",
    );
  const far = segments.find((key) => !Number.isInteger(key) || key < 0 || key > 255);
  if (far !== undefined)
    throw new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${far} is not the number of a key of the pipeline`,
      "Give each segment the place of its key in the list, from 0 on.",
    );
  return {
    keys: { common, keys: all.map((key) => dataSlice(key, COMMON)) },
    segments: hexlify(Uint8Array.from(segments)),
  };
}
