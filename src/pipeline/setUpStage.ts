import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import type { Manifest } from "../artifacts/manifest.js";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { setUp } from "../groth16/setup.js";
import type { SetupKind, VerificationKey } from "../groth16/types.js";
import type { PowersOfTau } from "../phase1/source.js";

export interface SetUpStageParameters {
  /** Where `main.r1cs` is, and where the keys go. */
  readonly folder: string;
  readonly ptau?: PowersOfTau;
  /** Of a development setup: what keys of one phase 1 have in common. @default nothing */
  readonly phaseOne?: string;
  /** Gets the fraction that is done, where it is known. */
  readonly onProgress: (fraction: number) => void;
  /** Called before keys are made; it may refuse to. */
  readonly beforeKeys?: () => void;
}

// No interface: it is kept as JSON.
export type Keys = {
  readonly kind: SetupKind;
  readonly verificationKey: VerificationKey;
  readonly contributionHashes: readonly string[];
  readonly circuitHash: string;
  readonly ptauHash: string | null;
  readonly powersOfTau?: { readonly power: number; readonly blake2b512: string };
};

/** Makes the keys of a circuit, unless they are there. */
export async function setUpStage({
  folder,
  ptau,
  phaseOne,
  onProgress,
  beforeKeys,
}: SetUpStageParameters): Promise<Keys> {
  const r1cs = join(folder, "main.r1cs");
  const circuitHash = await hashFile(r1cs);
  const { result } = await runStage({
    folder,
    name: "setup",
    inputs: {
      circuitHash,
      ptauHash: ptau?.sha256 ?? null,
      tools: toolVersions(),
      ...(phaseOne !== undefined && { phaseOne }),
    },
    outputs: ["proving.zkey", "verification_key.json"],
    run: async (work) => {
      beforeKeys?.();
      const { kind, verificationKey, contributionHashes, ptauHash } = await setUp({
        r1cs,
        outDir: work,
        ptau,
        phaseOne,
        onProgress,
      });
      return {
        kind,
        verificationKey: { ...verificationKey },
        contributionHashes: [...contributionHashes],
        circuitHash,
        ptauHash,
      };
    },
  });
  if (ptau === undefined) return result;
  // Both follow from the file's sha256, which the stage depends on.
  return { ...result, powersOfTau: { power: ptau.power, blake2b512: ptau.blake2b512 } };
}

/** What a setup consisted of, for the manifest. */
export function ceremonyOf({
  circuitHash,
  ptauHash,
  powersOfTau,
  contributionHashes,
}: Keys): Manifest["ceremony"] {
  return {
    circuitHash,
    ptauHash,
    ...(powersOfTau !== undefined && { powersOfTau: { ...powersOfTau } }),
    contributionHashes: [...contributionHashes],
    beacon: null,
    tools: toolVersions(),
  };
}
