import { copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { TRANSCRIPT } from "../../../src/ceremony/folder.js";
import { contributeAway } from "../../../src/ceremony/contributeAway.js";

/**
 * Somebody contributes to a ceremony on a machine of their own, as `npx torch2circom contribute` does: gets the key and
 * the transcript, and sends the new key back.
 *
 * @param place folder for the files of contributors
 * @returns the contribution's hash, which the contributor publishes
 */
export async function contributeElsewhere(
  { torch2circom }: HardhatRuntimeEnvironment,
  model: string,
  name: string,
  place: string,
): Promise<string> {
  const [{ key }] = await torch2circom.ceremony.transcript(model);
  const own = join(place, name);
  await mkdir(own, { recursive: true });
  for (const file of [key, join(dirname(key), TRANSCRIPT)]) await copyFile(file, join(own, basename(file)));
  const made = await contributeAway({ key: join(own, basename(key)), name });
  await torch2circom.ceremony.contribute(model, { from: [made.key] });
  return made.receipt.hash;
}
