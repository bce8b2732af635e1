import { readFile } from "node:fs/promises";
import { hashFile, hashOf } from "../artifacts/hash.js";
import { pathsIn } from "../artifacts/paths.js";
import type { NodeClient } from "../ceremony/blockBeacon.js";
import { attestedOf, checkCeremony } from "../ceremony/check.js";
import type { KeyedCircuit } from "../ceremony/circuits.js";
import { verificationKeyText } from "../ceremony/finished.js";
import type { Transcript } from "../ceremony/transcript.js";
import { requirePowersOfTau } from "../phase1/header.js";
import { publicFile } from "../phase1/publicFiles.js";
import { requireSamePtau } from "../phase1/same.js";
import { CEREMONY, type PowersOfTau } from "../phase1/source.js";
import { verifyBoth } from "../phase2/verifyBoth.js";
import { auditBlock } from "./block.js";
import { auditDeltas } from "./deltas.js";
import { auditStep, ensure, failed, skipped, verifierSteps, type AuditStep } from "./steps.js";
import { transcriptOf, type AuditTarget } from "./target.js";

export interface SetupAuditParameters {
  /** Undefined where no key is of a ceremony: then nothing of it is read. */
  readonly ptau?: PowersOfTau;
  /** Hashes of contributions that have to be there, such as one's own. */
  readonly attested: readonly string[];
  /** The fewest contributions that are enough, a beacon not counted. */
  readonly minContributions: number;
  /** Of the chain whose block a beacon may be. */
  readonly node?: NodeClient;
  readonly onProgress?: (fraction: number) => void;
}

/** Audits the keys of all circuits of a build: where they come from, and that they are the circuits'. */
export async function auditSetup(
  { circuits }: Pick<AuditTarget, "circuits">,
  parameters: SetupAuditParameters,
): Promise<AuditStep[]> {
  const steps: AuditStep[] = [];
  const found = await Promise.all(
    circuits.map((circuit) => transcriptOf(circuit).catch((error: Error) => error)),
  );
  const all = found.filter((one): one is Transcript => one !== undefined && !(one instanceof Error));
  for (const [i, circuit] of circuits.entries()) {
    const own = await auditKey(circuit, found[i], all, parameters);
    steps.push(...own.map((step) => ({ ...step, name: `${circuit.name}: ${step.name}` })));
  }
  const keys = circuits.map(({ name, folder }) => ({ name, key: pathsIn(folder).zkey }));
  return [...steps, ...(await auditDeltas(keys))];
}

async function auditKey(
  circuit: KeyedCircuit,
  found: Transcript | Error | undefined,
  all: readonly Transcript[],
  parameters: SetupAuditParameters,
): Promise<AuditStep[]> {
  const { r1cs, zkey } = pathsIn(circuit.folder);
  const { ptau, attested, minContributions, node, onProgress } = parameters;
  const kind = await auditStep("kind of setup", () => checkKind(circuit, found));
  if (kind.state === "failed" || ptau === undefined) return [kind];
  const transcript = found as Transcript;
  const steps = [
    kind,
    await auditStep("powers of tau", () => checkPowersOfTau(circuit, transcript, ptau)),
    ...(await checkCeremony(
      { transcript, key: zkey },
      attestedOf(transcript, all, attested),
      minContributions,
    )),
    ...(await auditBlock(transcript, node)),
    await auditStep("manifest", () => checkManifest(circuit, transcript)),
    await auditStep("verification key", () => checkVerificationKey(circuit, transcript)),
  ];
  // The long part, and only for a key that is right in all else: a stranger's can be made to take days.
  if (steps.some(({ state }) => state === "failed"))
    return [...steps, skipped("key", "not verified, for it is refused already")];
  try {
    return [...steps, ...verifierSteps(await verifyBoth({ r1cs, ptau: ptau.path, zkey, onProgress }))];
  } catch (error) {
    return [...steps, failed("key", error as Error)];
  }
}

/** That the powers are those of the ceremony, and what they are worth. */
async function checkPowersOfTau(
  { manifest }: KeyedCircuit,
  { init }: Transcript,
  ptau: PowersOfTau,
): Promise<string> {
  requireSamePtau(init.ptau.sha256, ptau);
  const { power, blake2b512, path } = ptau;
  for (const claim of [init.ptau, manifest.ceremony.powersOfTau])
    ensure(
      claim === undefined || (claim.power === power && claim.blake2b512 === blake2b512),
      "the file has another power or blake2b-512 hash than transcript and manifest say",
    );
  const file = `2^${power}, sha256 ${ptau.sha256}`;
  if (publicFile(power)?.blake2b512 === blake2b512) return `${file}, of the public ceremony "${CEREMONY}"`;
  const { contributions } = await requirePowersOfTau(path, 0);
  const many = contributions === 1 ? "one contribution" : `${contributions} contributions`;
  return `${file}: of no public ceremony that is known here, with ${many}; trust it only if you know who made them`;
}

function checkKind({ manifest }: KeyedCircuit, transcript: Transcript | Error | undefined): string {
  const { setup } = manifest;
  ensure(setup !== "development", "a development setup: whoever made the key can forge any output");
  ensure(
    setup !== "single-contributor",
    "one contributor, who can forge any output with a secret that was kept",
  );
  if (transcript instanceof Error) throw transcript;
  ensure(transcript !== undefined, "a ceremony without its transcript");
  return "a ceremony: whoever knows the secrets of all contributions can forge, and nobody else";
}

function checkManifest(
  { manifest }: KeyedCircuit,
  { init, contributions, beacon, head, isFinal }: Transcript,
): string {
  const { circuitHash, ptauHash, contributionHashes, beacon: hash, transcript } = manifest.ceremony;
  ensure(isFinal, "the ceremony is not finished");
  ensure(transcript === head, "the manifest names another transcript");
  ensure(circuitHash === init.r1cs, "the ceremony was of another circuit");
  ensure(ptauHash === init.ptau.sha256, "the manifest names other powers of tau");
  ensure(
    contributionHashes.join() === contributions.map((one) => one.hash).join() &&
      hash === (beacon?.hash ?? null),
    "the manifest names other contributions",
  );
  return `setup hash ${manifest.setupHash}`;
}

async function checkVerificationKey({ folder }: KeyedCircuit, { lines, key }: Transcript): Promise<string> {
  const { zkey, verificationKey } = pathsIn(folder);
  ensure((await hashFile(zkey)) === key, "the transcript ends with another proving key");
  const text = verificationKeyText(zkey);
  ensure((await readFile(verificationKey, "utf8")) === text, "verification_key.json is not the key's");
  const end = lines.map(({ entry }) => entry).find((entry) => entry.type === "final");
  ensure(end?.verificationKey === hashOf(text), "the transcript ends with another verification key");
  return "the proving key's, with which the transcript ends";
}
