import { verificationKeyOf } from "../phase2/verificationKey.js";
import { hasCeremony, openCeremony, type Ceremony } from "./folder.js";

/**
 * The ceremony in a folder, if it is finished, and of this circuit.
 *
 * @param circuitHash sha256 of the `.r1cs`
 * @throws Torch2CircomError if its files are damaged
 */
export async function finishedCeremony(folder: string, circuitHash: string): Promise<Ceremony | undefined> {
  if (!hasCeremony(folder)) return undefined;
  const ceremony = await openCeremony(folder);
  const { isFinal, init } = ceremony.transcript;
  return isFinal && init.r1cs === circuitHash ? ceremony : undefined;
}

/** `verification_key.json` of a ceremony's key. @param key path of the proving key */
export function verificationKeyText(key: string): string {
  return `${JSON.stringify({ setup: "ceremony", ...verificationKeyOf(key) }, null, 2)}\n`;
}
