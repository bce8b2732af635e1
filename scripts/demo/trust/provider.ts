import { copyFile, rm } from "node:fs/promises";
import { bn254 } from "@noble/curves/bn254.js";
import { hashFile } from "../../../src/artifacts/hash.js";
import { readManifest, setupHash, writeManifest } from "../../../src/artifacts/manifest.js";
import type { ModelPaths } from "../../../src/artifacts/paths.js";
import { writeWhole } from "../../../src/artifacts/writeFile.js";
import type { InitEntry } from "../../../src/ceremony/entries.js";
import { boundPoint } from "../../../src/phase2/contribute/boundPoint.js";
import { writeContribution } from "../../../src/phase2/contribute/contributeFile.js";
import { freshSecret } from "../../../src/phase2/contribute/secret.js";
import { verificationKeyOf } from "../../../src/phase2/verificationKey.js";

// The provider of the demo has a program of its own, which keeps what `torch2circom contribute` forgets.

/** A contribution, and what its maker should have forgotten. */
export interface KeptContribution {
  readonly key: string;
  readonly hash: string;
  readonly secret: bigint;
}

/**
 * Contributes to a key as `contributeAway` does, and keeps the secret: nobody can see a difference.
 *
 * @param from the key
 * @param to the file to write
 * @param head of the ceremony's transcript
 */
export async function contributeAndKeep(from: string, to: string, head: string): Promise<KeptContribution> {
  const secret = freshSecret();
  const start = bn254.G1.Point.fromAffine(boundPoint(head));
  const { hash } = await writeContribution({ from, to }, { secret, start, name: "provider" });
  return { key: to, hash, secret };
}

/** Makes a key with one contribution that of a build, as `build --ptau` leaves it. */
export async function useOwnKey(
  paths: ModelPaths,
  { key, hash }: KeptContribution,
  { ptau: { power, sha256, blake2b512 } }: Pick<InitEntry, "ptau">,
): Promise<void> {
  await rm(paths.zkey);
  await copyFile(key, paths.zkey);
  const setup = "single-contributor" as const;
  const text = `${JSON.stringify({ setup, ...verificationKeyOf(key) }, null, 2)}\n`;
  await writeWhole(paths.verificationKey, text);
  const manifest = await readManifest(paths.manifest);
  const ceremony = {
    ...manifest.ceremony,
    ptauHash: sha256,
    powersOfTau: { power, blake2b512 },
    contributionHashes: [hash],
  };
  const hashes = {
    ...manifest.hashes,
    zkey: await hashFile(paths.zkey),
    verificationKey: await hashFile(paths.verificationKey),
  };
  const keyed = { setup, ceremony };
  await writeManifest(paths.manifest, { ...manifest, ...keyed, setupHash: setupHash(keyed), hashes });
}
