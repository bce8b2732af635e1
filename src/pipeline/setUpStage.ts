import { copyFile, link } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "../artifacts/hash.js";
import type { Manifest } from "../artifacts/manifest.js";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { writeWhole } from "../artifacts/writeFile.js";
import { finishedCeremony, verificationKeyText } from "../ceremony/finished.js";
import type { Ceremony } from "../ceremony/folder.js";
import { setUp } from "../groth16/setup.js";
import type { SetupKind, VerificationKey } from "../groth16/types.js";
import type { PowersOfTau } from "../phase1/source.js";
import { verificationKeyOf } from "../phase2/verificationKey.js";

export interface SetUpStageParameters {
  /** Where `main.r1cs` is, and where the keys go. */
  readonly folder: string;
  readonly ptau?: PowersOfTau;
  /** Folder of the circuit's ceremony. Once it is finished, its key is taken. */
  readonly ceremony?: string;
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
  /** Of a ceremony: the contribution of public randomness, and the transcript's head. */
  readonly beacon?: string;
  readonly transcript?: string;
};

/** Makes the keys of a circuit, unless they are there, or takes those of its finished ceremony. */
export async function setUpStage({
  folder,
  ptau,
  ceremony,
  phaseOne,
  onProgress,
  beforeKeys,
}: SetUpStageParameters): Promise<Keys> {
  const r1cs = join(folder, "main.r1cs");
  const circuitHash = await hashFile(r1cs);
  const finished = ceremony === undefined ? undefined : await finishedCeremony(ceremony, circuitHash);
  if (finished !== undefined) return ceremonyStage(folder, finished, beforeKeys);
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

/** Takes the key of a finished ceremony. */
async function ceremonyStage(
  folder: string,
  { key, transcript }: Ceremony,
  beforeKeys?: () => void,
): Promise<Keys> {
  const { init, contributions, beacon, head } = transcript;
  const { result } = await runStage({
    folder,
    name: "setup",
    inputs: { circuitHash: init.r1cs, transcript: head },
    outputs: ["proving.zkey", "verification_key.json"],
    run: async (work) => {
      beforeKeys?.();
      // A link takes no room: neither file is ever written to.
      const zkey = join(work, "proving.zkey");
      await link(key, zkey).catch(() => copyFile(key, zkey));
      await writeWhole(join(work, "verification_key.json"), verificationKeyText(key));
      return {
        kind: "ceremony" as const,
        verificationKey: { ...verificationKeyOf(key) },
        contributionHashes: contributions.map(({ hash }) => hash),
        circuitHash: init.r1cs,
        ptauHash: init.ptau.sha256,
        powersOfTau: { power: init.ptau.power, blake2b512: init.ptau.blake2b512 },
        ...(beacon && { beacon: beacon.hash }),
        transcript: head,
      };
    },
  });
  return result;
}

/** What a setup consisted of, for the manifest. */
export function ceremonyOf({
  circuitHash,
  ptauHash,
  powersOfTau,
  contributionHashes,
  beacon,
  transcript,
}: Keys): Manifest["ceremony"] {
  return {
    circuitHash,
    ptauHash,
    ...(powersOfTau !== undefined && { powersOfTau: { ...powersOfTau } }),
    contributionHashes: [...contributionHashes],
    beacon: beacon ?? null,
    ...(transcript !== undefined && { transcript }),
    tools: toolVersions(),
  };
}
