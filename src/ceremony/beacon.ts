import { hashFile } from "../artifacts/hash.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { verifyBeacon } from "./beaconSource.js";
import { describeSource } from "./describe.js";
import { contributeInProcess, extending, lastContribution } from "./contribute.js";
import type { BeaconEvidence, BeaconSource } from "./entries.js";
import { extendCeremony, type Ceremony } from "./folder.js";
import { now } from "./time.js";
import { pendingBeacon } from "./transcript.js";

/** snarkjs's least. More rounds of hashing add nothing to randomness that nobody could choose. */
const EXPONENT = 10;

/**
 * Announces public randomness of the future, from which the last contribution is made. Nobody can choose among keys then, not
 * even who contributes last: they contribute before it is known.
 *
 * @param due when it will be known; of a block, an estimate
 * @throws Torch2CircomError if it is known already, or another was announced
 */
export async function announceBeacon(folder: string, beacon: BeaconSource, due: string): Promise<Ceremony> {
  const time = now();
  if (Date.parse(due) <= Date.parse(time))
    throw new Torch2CircomError(
      "BEACON_INVALID",
      `${describeSource(beacon)} is known since ${due}: whoever announces it could have chosen it`,
      "Announce one of the future, hours ahead.",
    );
  return extending(folder, async (ceremony) => {
    const announced = pendingBeacon(ceremony.transcript);
    if (announced?.isFollowed)
      throw new Torch2CircomError(
        "BEACON_INVALID",
        `${describeSource(announced.announcement.beacon)} is announced already, and somebody has contributed since`,
        "Keep to it: whoever announces two could choose between them.",
      );
    return extendCeremony(ceremony, { type: "announce", beacon, due, time });
  });
}

/** The beacon that a ceremony waits for. @throws Torch2CircomError if none was announced, or nobody contributed since */
export function announcedBeacon({ folder, transcript }: Ceremony): BeaconSource {
  const announced = pendingBeacon(transcript);
  const refuse = (problem: string, remedy: string) =>
    new Torch2CircomError("BEACON_INVALID", `${problem} in the ceremony in ${folder}`, remedy);
  if (announced === undefined)
    throw refuse(
      "No beacon was announced",
      "Announce one (torch2circom:ceremony:beacon --announce 3600), then have the last contribution made.",
    );
  if (!announced.isFollowed)
    throw refuse(
      "Nobody has contributed since the beacon was announced",
      "The last contribution has to be made after the announcement, and before the beacon is known: announce another if it is known.",
    );
  return announced.announcement.beacon;
}

/**
 * Makes the last contribution of a ceremony from the randomness that was announced.
 *
 * @param evidence what shows that it is the announced
 * @throws Torch2CircomError if it is not
 */
export async function applyBeacon(
  folder: string,
  evidence: BeaconEvidence,
  onProgress?: (fraction: number) => void,
): Promise<Ceremony> {
  return extending(folder, async (ceremony, work) => {
    const source = announcedBeacon(ceremony);
    const known = verifyBeacon(source, evidence);
    if (known === undefined)
      throw new Torch2CircomError(
        "BEACON_INVALID",
        `What was given is not ${describeSource(source)}`,
        "Get it from another relay or node.",
      );
    const beacon = { exponent: EXPONENT, hash: known.randomness };
    const { index, hash } = await contributeInProcess({
      from: ceremony.key,
      to: work,
      name: describeSource(source),
      beacon,
      onProgress,
    });
    const [before, after] = [ceremony.transcript.key, await hashFile(work)];
    const { randomness } = known;
    if (lastContribution(work).hash !== hash)
      throw new Error("the new key has another contribution than was made");
    const entry = { type: "beacon" as const, index, evidence, randomness, hash, before, after, time: now() };
    return extendCeremony(ceremony, entry, work);
  });
}
