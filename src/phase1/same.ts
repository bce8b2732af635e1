import { Torch2CircomError } from "../errors/torch2circomError.js";
import { fileState } from "../artifacts/hash.js";
import type { PowersOfTau } from "./source.js";

/**
 * Refuses another powers-of-tau file than the one that a circuit's key was begun with. Two files of one ceremony hold the same
 * powers, but snarkjs' hash of the circuit depends on the file for domains above 2^14: contributions on one would not verify
 * against the other.
 *
 * @param pinned sha256 of the file of the key's first step, in hexadecimal: `ceremony.ptauHash` of a manifest
 * @param given the file that is at hand now
 * @throws Torch2CircomError if it is another
 */
export function requireSamePtau(
  pinned: string | null,
  given: Pick<PowersOfTau, "path" | "sha256" | "power">,
): void {
  if (given.sha256 === pinned) return;
  const { path, sha256, power } = given;
  throw pinned === null
    ? new Torch2CircomError(
        "PTAU_INVALID",
        `The key is from a development setup, without powers of tau, and not from ${path}`,
        "Build with --ptau first.",
      )
    : new Torch2CircomError(
        "PTAU_INVALID",
        `The powers of tau ${path} (2^${power}, sha256 ${sha256}) are not the file that the key was begun with (sha256 ${pinned})`,
        "Take that very file: another of the same ceremony has the same powers, but gives the circuit another hash.",
      );
}

/**
 * That nobody has written to a file since it was checked.
 *
 * @throws Torch2CircomError if somebody has
 */
export async function requireUnchanged({ path, state }: Pick<PowersOfTau, "path" | "state">): Promise<void> {
  if ((await fileState(path).catch(() => undefined)) === state) return;
  throw new Torch2CircomError(
    "PTAU_INVALID",
    `The powers of tau ${path} were changed while they were used`,
    "Start again when nothing writes to the file.",
  );
}
