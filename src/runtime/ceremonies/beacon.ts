import type { ModelPaths } from "../../artifacts/paths.js";
import { announceBeacon, announcedBeacon, applyBeacon } from "../../ceremony/beacon.js";
import { describeSource } from "../../ceremony/describe.js";
import { fetchBlockBeacon } from "../../ceremony/blockBeacon.js";
import { drandChain, QUICKNET, roundAt, timeOf } from "../../ceremony/drand.js";
import type { BeaconEvidence, BeaconSource } from "../../ceremony/entries.js";
import { fetchRound } from "../../ceremony/fetchRound.js";
import { utc } from "../../ceremony/time.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { createProgress, inStage } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { BeaconOptions, CircuitCeremony } from "../types.js";
import { describeCeremony, openCeremonies, type OpenCeremony } from "./find.js";

/** Announces a beacon for all ceremonies of a build, or adds the one that was announced. */
export async function addBeacon(
  project: Project,
  paths: ModelPaths,
  options: BeaconOptions,
): Promise<CircuitCeremony[]> {
  const progress = options.progress ?? createProgress({ silent: true });
  const all = await openCeremonies(paths);
  const extended: OpenCeremony[] = [];
  const announced = options.announce && (await sourceOf(project, options.announce));
  for (const { circuit, ceremony } of all) {
    if (announced !== undefined) {
      const { source, due } = announced;
      extended.push({ circuit, ceremony: await announceBeacon(circuit.ceremony, source, due) });
    } else {
      // Of an interrupted run: it has its beacon.
      if (ceremony.transcript.beacon !== undefined) continue;
      const source = announcedBeacon(ceremony);
      const evidence = await evidenceOf(project, source, options);
      const made = await inStage(
        progress,
        `Add ${describeSource(source)} to the key of ${circuit.name}`,
        (onProgress) => applyBeacon(circuit.ceremony, evidence, onProgress),
      );
      extended.push({ circuit, ceremony: made });
    }
  }
  return extended.map(describeCeremony);
}

/** Seconds that a block of an unknown chain takes, by far. It is an estimate for people only. */
const BLOCK_SECONDS = 12;

async function sourceOf(
  project: Project,
  { round, seconds = 3600, block }: NonNullable<BeaconOptions["announce"]>,
): Promise<{ source: BeaconSource; due: string }> {
  if (block === undefined) {
    const chosen = round ?? roundAt(QUICKNET, Date.now() / 1000 + seconds) + 1;
    const due = utc(new Date(1000 * timeOf(QUICKNET, chosen)));
    return { source: { kind: "drand", chain: QUICKNET.hash, round: chosen }, due };
  }
  const { provider } = (await project.connection()).ethers;
  const [{ chainId }, latest] = [await provider.getNetwork(), await provider.getBlockNumber()];
  const due = utc(new Date(Date.now() + 1000 * BLOCK_SECONDS * (block - latest)));
  return { source: { kind: "block", chainId: Number(chainId), number: block }, due };
}

async function evidenceOf(
  project: Project,
  source: BeaconSource,
  { relay, signature }: BeaconOptions,
): Promise<BeaconEvidence> {
  if (source.kind === "block") {
    const { provider } = (await project.connection()).ethers;
    const { chainId } = await provider.getNetwork();
    if (Number(chainId) !== source.chainId)
      throw new Torch2CircomError(
        "BEACON_INVALID",
        `${describeSource(source)} was announced, and this network has the chain ${chainId}`,
        "Choose the network with --network.",
      );
    const { header } = await fetchBlockBeacon(provider, source.number);
    return { header };
  }
  if (signature !== undefined) return { signature };
  const relays = relay === undefined ? undefined : [relay];
  const round = await fetchRound(drandChain(source.chain)!, source.round, { relays });
  const { previousSignature } = round;
  return { signature: round.signature, ...(previousSignature !== undefined && { previousSignature }) };
}
