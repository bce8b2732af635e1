import { pathsIn, type ModelPaths } from "../../artifacts/paths.js";
import { auditDeltas } from "../../audit/deltas.js";
import { auditStep, ensure, verifierSteps, type AuditStep } from "../../audit/steps.js";
import { attestedOf, checkCeremony } from "../../ceremony/check.js";
import { hashFile } from "../../artifacts/hash.js";
import { requireSamePtau } from "../../phase1/same.js";
import type { PowersOfTau } from "../../phase1/source.js";
import { verifyBoth } from "../../phase2/verifyBoth.js";
import { createProgress, inStage, type Progress } from "../../progress/progress.js";
import type { Project } from "../project.js";
import type { CircuitSteps, VerifyCeremonyOptions } from "../types.js";
import { openCeremonies, type OpenCeremony } from "./find.js";
import { powersOfTauFor } from "./powersOfTau.js";

/** Checks all ceremonies of a build. */
export async function verifyCeremonies(
  project: Project,
  paths: ModelPaths,
  options: VerifyCeremonyOptions,
): Promise<CircuitSteps[]> {
  const progress = options.progress ?? createProgress({ silent: true });
  const ceremonies = await openCeremonies(paths);
  const ptau = await powersOfTauFor(
    project,
    ceremonies.map(({ circuit }) => circuit),
    options,
  );
  const all = ceremonies.map(({ ceremony }) => ceremony.transcript);
  const checked: CircuitSteps[] = [];
  for (const one of ceremonies)
    checked.push({
      circuit: one.circuit.name,
      steps: await verifySteps(
        one,
        ptau,
        progress,
        attestedOf(one.ceremony.transcript, all, options.attested ?? []),
      ),
    });
  const keys = ceremonies.map(({ circuit, ceremony }) => ({ name: circuit.name, key: ceremony.key }));
  const together = await auditDeltas(keys);
  return together.length === 0 ? checked : [...checked, { circuit: "all keys", steps: together }];
}

/** Checks one ceremony: its transcript, and its key against circuit and powers of tau. */
export async function verifySteps(
  { circuit, ceremony }: OpenCeremony,
  ptau: PowersOfTau,
  progress: Progress,
  attested: readonly string[] = [],
): Promise<AuditStep[]> {
  const { key, transcript } = ceremony;
  const r1cs = pathsIn(circuit.folder).r1cs;
  const files = await auditStep("files", async () => {
    ensure((await hashFile(r1cs)) === transcript.init.r1cs, `${r1cs} is not the ceremony's circuit`);
    requireSamePtau(transcript.init.ptau.sha256, ptau);
    return "circuit and powers of tau are those that the transcript names";
  });
  const verified = await inStage(
    progress,
    `Verify the key of ${circuit.name} by two programs`,
    (onProgress) => verifyBoth({ r1cs, ptau: ptau.path, zkey: key, onProgress }),
  );
  return [files, ...(await checkCeremony(ceremony, attested)), ...verifierSteps(verified)];
}
