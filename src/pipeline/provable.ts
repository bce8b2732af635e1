import { setupHash, type KeyedManifest } from "../artifacts/manifest.js";
import type { LowestBit } from "../circom/explicitBits.js";
import { requireRoom } from "../forecast/needs.js";
import type { SetupKind } from "../groth16/types.js";
import type { SystemSize } from "../link/size.js";
import type { PowersOfTau } from "../phase1/source.js";
import { inStage, type Progress } from "../progress/progress.js";
import type { LinkableCircuit } from "./linkable.js";
import { linkStage } from "./linkStage.js";
import { describeRest } from "./rest.js";
import { ceremonyOf, setUpStage, type Keys } from "./setUpStage.js";

export interface ProvableParameters {
  /** It has the circuit's text, and gets all else. */
  readonly folder: string;
  readonly circuit: LinkableCircuit;
  /** What is proven, after "the circuit" and "the keys". @example " of 8 jobs" */
  readonly of: string;
  readonly lowestBit?: LowestBit;
  readonly cacheDir: string;
  readonly ptau?: PowersOfTau;
  /** See `setUpStage`. */
  readonly ceremony?: string;
  readonly phaseOne?: string;
  /** Whether to go on where memory or disk would not suffice. */
  readonly anyway: boolean;
  /** Called before keys are made; it may refuse to. */
  readonly beforeKeys: () => void;
}

/** The constraint system of a circuit, and its keys. */
export interface Provable {
  readonly size: SystemSize;
  readonly keys: Keys;
}

/** Files of a circuit's constraints, by what they are. */
export const SYSTEM_FILES = { r1cs: "main.r1cs", witness: "main.witness" } as const;

/** Files of a circuit's constraints and keys, by what they are. */
export const CIRCUIT_FILES = {
  ...SYSTEM_FILES,
  zkey: "proving.zkey",
  verificationKey: "verification_key.json",
} as const;

/** What a manifest says of a circuit and its keys, beside the hashes of their files. */
export function describeProvable({ size, keys }: Provable): Omit<KeyedManifest, "hashes"> {
  const { nonlinear, linear, wires } = size;
  const ceremony = ceremonyOf(keys);
  const setup = keys.kind;
  return {
    constraints: { nonlinear, linear, wires },
    setup,
    ceremony,
    setupHash: setupHash({ setup, ceremony }),
  };
}

/** Links a circuit and makes its keys, as far as they are not there. */
export async function makeProvable(
  {
    folder,
    circuit,
    of,
    lowestBit,
    cacheDir,
    ptau,
    ceremony,
    phaseOne,
    anyway,
    beforeKeys,
  }: ProvableParameters,
  progress: Progress,
): Promise<Provable> {
  const size = await inStage(
    progress,
    `Link the circuit${of}`,
    (onProgress) => {
      const onCounted = (counted: SystemSize) => requireRoom(counted, folder, anyway);
      return linkStage({ folder, circuit, lowestBit, cacheDir, onProgress, onCounted });
    },
    ({ nonlinear, linear }) =>
      `${nonlinear.toLocaleString("en")} non-linear and ${linear.toLocaleString("en")} linear constraints`,
  );
  progress.note(await describeRest(size, cacheDir));
  const keys = await inStage(
    progress,
    `Make the keys${of}`,
    (onProgress) => setUpStage({ folder, ptau, ceremony, phaseOne, onProgress, beforeKeys }),
    ({ kind, contributionHashes }) => describeKeys(kind, contributionHashes.length),
  );
  return { size, keys };
}

function describeKeys(kind: SetupKind, contributions: number): string {
  if (kind === "development") return "a development setup, for local chains only";
  return kind === "ceremony" ? `a ceremony of ${contributions} contributions` : "one contribution, ours";
}
