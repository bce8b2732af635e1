import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import type { Manifest } from "../artifacts/manifest.js";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { setUp } from "../groth16/setup.js";
import type { SetupKind, VerificationKey } from "../groth16/types.js";

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

/** Prepared powers of tau, and their sha256 to be checked. */
export interface PowersOfTau {
  readonly path: string;
  readonly sha256?: string;
}

// No interface: it is kept as JSON.
export type Keys = {
  readonly kind: SetupKind;
  readonly verificationKey: VerificationKey;
  readonly contributionHashes: readonly string[];
  readonly circuitHash: string;
  readonly ptauHash: string | null;
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
  const ptauInput = ptau === undefined ? null : (ptau.sha256 ?? (await hashPtau(ptau.path)));
  const { result } = await runStage({
    folder,
    name: "setup",
    inputs: {
      circuitHash,
      ptauHash: ptauInput,
      tools: toolVersions(),
      ...(phaseOne !== undefined && { phaseOne }),
    },
    outputs: ["proving.zkey", "verification_key.json"],
    run: async (work) => {
      beforeKeys?.();
      const { kind, verificationKey, contributionHashes, ptauHash } = await setUp({
        r1cs,
        outDir: work,
        ptau: ptau?.path,
        ptauSha256: ptau?.sha256,
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
  return result;
}

async function hashPtau(path: string): Promise<string> {
  return hashFile(path).catch((cause: Error) => {
    throw new Torch2CircomError(
      "PTAU_INVALID",
      `The powers of tau ${path} cannot be read`,
      "Check the path.",
      cause,
    );
  });
}

/** What a setup consisted of, for the manifest. */
export function ceremonyOf({ circuitHash, ptauHash, contributionHashes }: Keys): Manifest["ceremony"] {
  return {
    circuitHash,
    ptauHash,
    contributionHashes: [...contributionHashes],
    beacon: null,
    tools: toolVersions(),
  };
}
