import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import { notWritable } from "../artifacts/writeFile.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { SNARKJS_THREAD } from "../groth16/snarkjsLog.js";
import { isBoundTo } from "../phase2/contribute/boundPoint.js";
import type { ContributeParameters } from "../phase2/contribute/contributeFile.js";
import type { ContributionMade } from "../phase2/contribute/contributeKey.js";
import type { Contribution } from "../phase2/contributions.js";
import { readContributions } from "../phase2/readContributions.js";
import { verifyNewContribution } from "../phase2/verifyNewContribution.js";
import { runInThread } from "../progress/thread.js";
import { extendCeremony, inWorkFolder, openCeremony, whileLocked, type Ceremony } from "./folder.js";
import { now } from "./time.js";
import { headsOfKey, pendingBeacon } from "./transcript.js";

/** Makes a contribution in a process of its own, which ends, and the secret with it. */
export function contributeInProcess({ onProgress, ...run }: ContributeParameters): Promise<ContributionMade> {
  const url = new URL("../phase2/contribute/contributeThread.js", import.meta.url);
  return runInThread<ContributionMade, number>(url, run, { ...SNARKJS_THREAD, onReport: onProgress });
}

/** Who contributes on this machine. */
export interface OwnContribution {
  readonly name: string;
  /** What the contributor typed, mixed with the system's randomness. */
  readonly typed?: string;
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Contributes to a ceremony on the machine that coordinates it.
 *
 * @throws Torch2CircomError if there is no such ceremony, or it takes no contributions any more
 */
export async function contributeHere(folder: string, own: OwnContribution): Promise<Ceremony> {
  return extending(folder, async (ceremony, work) => {
    const { transcript, key } = ceremony;
    await contributeInProcess({ ...own, from: key, to: work, head: transcript.head });
    return takeIn(ceremony, work);
  });
}

/**
 * Takes a contribution into a ceremony that was made elsewhere, by this package or by snarkjs, once it is verified.
 *
 * @param file the key with the new contribution, which stays where it is
 * @throws Torch2CircomError if it is not the ceremony's key with one valid contribution more
 */
export async function takeContribution(folder: string, file: string): Promise<Ceremony> {
  return extending(folder, async (ceremony, work) => {
    requireOnHead(ceremony, file);
    // Verified is what is kept, whatever happens to the file meanwhile.
    await copyFile(file, work).catch((error: Error) => {
      throw notWritable(work, error);
    });
    return takeIn(ceremony, work);
  });
}

/** Runs `work` with the ceremony and a path for a new key, while nothing else changes the ceremony. */
export async function extending(
  folder: string,
  work: (ceremony: Ceremony, path: string) => Promise<Ceremony>,
): Promise<Ceremony> {
  return whileLocked(folder, async () => {
    const ceremony = await openCeremony(folder);
    if (ceremony.transcript.isFinal || ceremony.transcript.beacon !== undefined)
      throw new Torch2CircomError(
        "CEREMONY_INVALID",
        `The ceremony in ${folder} takes no contributions any more: its last one is made`,
        "Finish it with torch2circom:ceremony:finalize, or begin another.",
      );
    return inWorkFolder(folder, (own) => work(ceremony, join(own, "next.zkey")));
  });
}

/** Verifies a contribution and writes it down. @param file is moved into the ceremony */
async function takeIn(ceremony: Ceremony, file: string): Promise<Ceremony> {
  const { transcript, initialKey, key } = ceremony;
  requireBeforeBeacon(ceremony);
  await verifyNewContribution({ initial: initialKey, before: key, after: file });
  const { name = "", hash, g1s } = lastContribution(file);
  const entry = {
    type: "contribution" as const,
    index: transcript.contributions.length + 1,
    name,
    hash,
    madeOn: headsOfKey(transcript).find((head) => isBoundTo(g1s, head)) ?? null,
    before: transcript.key,
    after: await hashFile(file),
    time: now(),
  };
  return extendCeremony(ceremony, entry, file);
}

/** A contribution that is made when the beacon is known would make it worthless, and the ceremony with it. */
function requireBeforeBeacon({ folder, transcript }: Ceremony): void {
  const pending = pendingBeacon(transcript);
  if (pending === undefined || Date.now() < Date.parse(pending.announcement.due)) return;
  throw new Torch2CircomError(
    "BEACON_INVALID",
    `The beacon of the ceremony in ${folder} was due at ${pending.announcement.due}: contributions end before it`,
    pending.isFollowed
      ? "Add it: torch2circom:ceremony:beacon."
      : "Announce another (torch2circom:ceremony:beacon --announce 3600), and contribute after that.",
  );
}

export function lastContribution(key: string): Contribution {
  return readContributions(key).contributions.at(-1)!;
}

/** Says in words how a file is not the ceremony's key with one contribution more, where its contributions show it. */
function requireOnHead({ transcript, key }: Ceremony, file: string): void {
  const hashesIn = (path: string) => readContributions(path).contributions.map(({ hash }) => hash);
  const [ours, theirs] = [hashesIn(key), hashesIn(file)];
  const shared = ours.findIndex((hash, i) => hash !== theirs[i]);
  const common = shared < 0 ? ours.length : shared;
  if (common === ours.length && theirs.length === common + 1) return;
  const refuse = (what: string, remedy: string) =>
    new Torch2CircomError("CEREMONY_INVALID", `${file} ${what}`, remedy);
  const again = `Contribute again, to ${key}: the ceremony of ${transcript.init.circuit} is at contribution ${ours.length}.`;
  if (theirs.length === ours.length && common === ours.length)
    throw refuse("is the ceremony's own key: it has no new contribution", again);
  if (theirs.length <= common)
    throw refuse(`is an older key of the ceremony, of contribution ${theirs.length}`, again);
  if (common < ours.length)
    throw refuse(`has a contribution that was made on contribution ${common}, and others came since`, again);
  throw refuse(
    `has ${theirs.length - common} contributions that the ceremony does not have`,
    "Take them in one by one, in their order.",
  );
}
