import type { Manifest } from "../artifacts/manifestForm.js";
import { quantizeInput } from "../quantize/inputs.js";
import { commitInputs } from "./commitment.js";

/**
 * A model's integers for a real input: floor((x - offset) / scale + 1/2) of each element, as `torch2circom` computes them.
 *
 * @param manifest of the model
 * @param sample the elements of each input in row-major order, by the input's name
 * @returns one array of integers per input of the manifest
 * @throws Torch2CircomError that names the element, for one outside the model's domain, or not a number
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { quantizeSample } from "torch2circom/client";
 *
 * const manifest = await hre.torch2circom.manifest("iris");
 * const integers = quantizeSample(manifest, { [manifest.inputs[0].name]: [0.3, -1.2, 0.75, 1.2] });
 * console.log(integers[0].length); // 4
 * ```
 */
export function quantizeSample(
  manifest: Pick<Manifest, "inputs">,
  sample: Readonly<Record<string, ArrayLike<number>>>,
): number[][] {
  return manifest.inputs.map(({ packing, ...input }) => {
    const data = Object.hasOwn(sample, input.name) ? sample[input.name] : undefined;
    const domain = { ...input, size: packing.count, lo: packing.offset };
    return Array.from(quantizeInput(domain, data && { shape: [data.length], data }));
  });
}

/**
 * The commitment to a model's integers, as its circuit computes it: the `inputCommitment` of a job.
 *
 * @param manifest of the model
 * @param integers see {@link quantizeSample}
 * @param salt see {@link randomSalt}
 * @example
 * ```ts
 * import hre from "hardhat";
 * import { inputCommitment, quantizeSample, randomSalt } from "torch2circom/client";
 *
 * const manifest = await hre.torch2circom.manifest("iris");
 * const integers = quantizeSample(manifest, { [manifest.inputs[0].name]: [0.3, -1.2, 0.75, 1.2] });
 * console.log(inputCommitment(manifest, integers, randomSalt()));
 * ```
 */
export function inputCommitment(
  { domain, inputs, weightCommitment }: Pick<Manifest, "domain" | "inputs" | "weightCommitment">,
  integers: readonly ArrayLike<number>[],
  salt: bigint,
): bigint {
  return commitInputs(
    BigInt(domain),
    salt,
    integers,
    inputs.map(({ packing }) => packing),
    weightCommitment === undefined ? undefined : BigInt(weightCommitment),
  );
}
