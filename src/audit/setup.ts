import { readFile } from "node:fs/promises";
import { hashOf } from "../artifacts/hash.js";
import { pathsIn } from "../artifacts/paths.js";
import { checkCeremony } from "../ceremony/check.js";
import type { KeyedCircuit } from "../ceremony/circuits.js";
import { verificationKeyText } from "../ceremony/finished.js";
import type { Transcript } from "../ceremony/transcript.js";
import { requireSamePtau } from "../phase1/same.js";
import type { PowersOfTau } from "../phase1/source.js";
import { verifyBoth } from "../phase2/verifyBoth.js";
import { auditStep, ensure, verifierSteps, type AuditStep } from "./steps.js";
import { transcriptOf, type AuditTarget } from "./target.js";

export interface SetupAuditParameters {
  /** Undefined where no key is of a ceremony: then nothing of it is read. */
  readonly ptau?: PowersOfTau;
  /** Hashes of contributions that have to be there, such as one's own. */
  readonly attested: readonly string[];
  /** The fewest contributions that are enough, a beacon not counted. */
  readonly minContributions: number;
  readonly onProgress?: (fraction: number) => void;
}

/** Audits the keys of all circuits of a build: where they come from, and that they are the circuits'. */
export async function auditSetup(
  { circuits }: Pick<AuditTarget, "circuits">,
  parameters: SetupAuditParameters,
): Promise<AuditStep[]> {
  const steps: AuditStep[] = [];
  for (const circuit of circuits) {
    const own = await auditKey(circuit, parameters);
    steps.push(...own.map((step) => ({ ...step, name: `${circuit.name}: ${step.name}` })));
  }
  return steps;
}

async function auditKey(circuit: KeyedCircuit, parameters: SetupAuditParameters): Promise<AuditStep[]> {
  const { r1cs, zkey } = pathsIn(circuit.folder);
  const { ptau, attested, minContributions, onProgress } = parameters;
  const kind = await auditStep("kind of setup", () => checkKind(circuit));
  if (kind.state === "failed" || ptau === undefined) return [kind];
  const transcript = (await transcriptOf(circuit))!;
  return [
    kind,
    await auditStep("powers of tau", () => {
      requireSamePtau(transcript.init.ptau.sha256, ptau);
      return `2^${ptau.power}, sha256 ${ptau.sha256}`;
    }),
    ...(await checkCeremony({ transcript, key: zkey }, attested, minContributions)),
    await auditStep("manifest", () => checkManifest(circuit, transcript)),
    ...verifierSteps(await verifyBoth({ r1cs, ptau: ptau.path, zkey, onProgress })),
    await auditStep("verification key", () => checkVerificationKey(circuit, transcript)),
  ];
}

async function checkKind(circuit: KeyedCircuit): Promise<string> {
  const { setup } = circuit.manifest;
  ensure(setup !== "development", "a development setup: whoever made the key can forge any output");
  ensure(
    setup !== "single-contributor",
    "one contributor, who can forge any output with a secret that was kept",
  );
  ensure((await transcriptOf(circuit)) !== undefined, "a ceremony without its transcript");
  return "a ceremony: only all of its contributors together could forge";
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

async function checkVerificationKey(circuit: KeyedCircuit, { lines }: Transcript): Promise<string> {
  const { zkey, verificationKey } = pathsIn(circuit.folder);
  const text = verificationKeyText(zkey);
  ensure((await readFile(verificationKey, "utf8")) === text, "verification_key.json is not the key's");
  const end = lines.map(({ entry }) => entry).find((entry) => entry.type === "final");
  ensure(end?.verificationKey === hashOf(text), "the transcript ends with another verification key");
  return "is the proving key's";
}
