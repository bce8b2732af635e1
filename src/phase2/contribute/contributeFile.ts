import { curves } from "snarkjs";
import { notWritable } from "../../artifacts/writeFile.js";
import { writeBinaryFile } from "../../groth16/binaryFile.js";
import { openKeyFile } from "../openKeyFile.js";
import { keyError, Refused } from "../refused.js";
import { contributeKey, ingredientsOf, type ContributionMade, type Contributor } from "./contributeKey.js";
import type { Ingredients } from "./contribution.js";

/** Which key is contributed to, and by whom or what. */
export interface ContributeParameters extends Contributor {
  /** Path of the key. */
  readonly from: string;
  /** The file to write. It has another name until it is whole. */
  readonly to: string;
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Writes a key with one contribution more, as {@link contributeKey} makes it: to be called in a process that ends.
 *
 * @throws Torch2CircomError if the key is not one, or its last contributions are not in form
 */
export async function contributeFile(parameters: ContributeParameters): Promise<ContributionMade> {
  return writeContribution(parameters, ingredientsOf(parameters));
}

/**
 * The same with a secret that the caller knows, and can forge proofs with if it is the only one: `contributeFile` has one
 * that nobody knows once its process has ended.
 */
export async function writeContribution(
  { from, to, onProgress }: Pick<ContributeParameters, "from" | "to" | "onProgress">,
  ingredients: Ingredients,
): Promise<ContributionMade> {
  try {
    const key = openKeyFile(from);
    const curve = await curves.getCurveFromName("bn128");
    try {
      const { made, sections } = contributeKey(key, curve, ingredients, onProgress);
      await writeBinaryFile(to, "zkey", 1, sections);
      return made;
    } finally {
      key.file.close();
      await curve.terminate();
    }
  } catch (error) {
    if (error instanceof Refused) throw keyError(from, error);
    // Of the file system: no such folder, no right, no room.
    const isOfFiles = (error as NodeJS.ErrnoException).syscall !== undefined;
    throw isOfFiles ? notWritable(to, error as Error) : error;
  }
}
