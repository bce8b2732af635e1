import type { Manifest } from "../artifacts/manifestForm.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** Chain ids of Hardhat's, Anvil's and Ganache's own nodes. */
const LOCAL_CHAIN_IDS = [31337n, 1337n];

/** Whether a chain is one for development, whose money is worth nothing. */
export function isLocalChain(id: bigint): boolean {
  return LOCAL_CHAIN_IDS.includes(id);
}

/**
 * Refuses a key that its maker could forge with, on a chain where that would cost money: to whoever registers it, and to
 * whoever pays for its proofs.
 *
 * @param manifest of the build: its setup is a part of the model's id in the registry
 * @param allowSingleContributor whether one contributor is trusted
 * @throws Torch2CircomError for a development setup; for a single contributor, unless it is trusted
 */
export function requireSafeKey(
  { isLocal }: { readonly isLocal: boolean },
  {
    name,
    batches = [],
    segments = [],
    ...own
  }: Pick<Manifest, "name" | "setup" | "ceremony" | "batches" | "segments">,
  allowSingleContributor = false,
): void {
  if (isLocal) return;
  for (const key of [own, ...batches, ...segments]) requireSafeSetup(name, key, allowSingleContributor);
}

function requireSafeSetup(
  name: string,
  { setup, ceremony }: Pick<Manifest, "setup" | "ceremony">,
  allowSingleContributor: boolean,
): void {
  // A setup that claims a contribution and names none is a development setup under another word.
  if (setup === "development" || ceremony.ptauHash === null || ceremony.contributionHashes.length === 0) {
    throw new Torch2CircomError(
      "KEY_UNSAFE",
      `The key of "${name}" is from a development setup: whoever made it can forge any output`,
      `Have others contribute to a key of its own: npx hardhat torch2circom:ceremony:init ${name} --ptau hermez`,
    );
  }
  if (setup === "single-contributor" && !allowSingleContributor) {
    throw new Torch2CircomError(
      "KEY_UNSAFE",
      `The key of "${name}" has one contributor, who could forge any output with a secret that was kept`,
      `Have others contribute (npx hardhat torch2circom:ceremony:init ${name}), or say --allow-single-contributor if you and your clients trust the contributor.`,
    );
  }
}
