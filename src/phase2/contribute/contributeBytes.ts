import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Curve } from "snarkjs";
import { u32 } from "../../groth16/u32.js";
import type { KeyFile } from "../keyFile.js";
import { contributeKey, ingredientsOf, type ContributionMade, type Contributor } from "./contributeKey.js";

/**
 * A key with one contribution more, in memory: for browsers, in a worker that is terminated.
 *
 * @param key in form, at most 2 GB
 * @param curve BN254, which the caller ends
 * @param onProgress gets the fraction that is done
 * @throws Refused if the key's last contributions are not in form
 */
export async function contributeBytes(
  key: KeyFile<Uint8Array>,
  curve: Curve,
  contributor: Contributor,
  onProgress: (fraction: number) => void,
): Promise<{ made: ContributionMade; bytes: Uint8Array }> {
  const { made, sections } = contributeKey(key, curve, ingredientsOf(contributor), onProgress);
  const parts = [utf8ToBytes("zkey"), u32(1), u32(sections.length)];
  for (const { id, pieces } of sections) {
    const own: Uint8Array[] = [];
    for await (const piece of pieces) own.push(piece);
    const length = own.reduce((sum, piece) => sum + piece.length, 0);
    parts.push(u32(id), u32(length), u32(0), ...own);
  }
  return { made, bytes: concatBytes(...parts) };
}
