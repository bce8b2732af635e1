import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { hashCircuit } from "../circom/compile.js";
import { OWN_LIBRARY, type LowestBit } from "../circom/explicitBits.js";
import { linkCircuit } from "../link/link.js";
import { encodePlan } from "../link/planFile.js";
import { countRows, writeRows } from "../link/rows.js";
import type { SystemSize } from "../link/size.js";
import { planWitness } from "../link/witnessPlan.js";
import type { LinkableCircuit } from "./linkable.js";

export interface LinkStageParameters {
  /** Where `main.circom` is, and the circuit library if that is the build's own; and where the system goes. */
  readonly folder: string;
  readonly circuit: LinkableCircuit;
  readonly lowestBit?: LowestBit;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  readonly onProgress?: (fraction: number) => void;
  /** Called with the size of the system before it is written, unless it was before; it may refuse to go on. */
  readonly onCounted?: (size: SystemSize) => Promise<void>;
}

/** Writes the constraint system of a circuit, and how its witnesses are made, unless they are there. */
export async function linkStage(parameters: LinkStageParameters): Promise<SystemSize> {
  const { folder, circuit, lowestBit, cacheDir, onProgress, onCounted } = parameters;
  const { result } = await runStage<SystemSize>({
    folder,
    name: "link",
    inputs: { sources: await hashCircuit(join(folder, "main.circom")), tools: toolVersions(), keeps: "size" },
    outputs: ["main.r1cs", "main.witness"],
    run: async (workDir) => {
      const linked = await linkCircuit({
        circuit: circuit.structure,
        cacheDir,
        workDir,
        ...(lowestBit === "wire" && { root: join(folder, OWN_LIBRARY) }),
        onProgress,
      });
      await onCounted?.(countRows(linked));
      const size = writeRows(linked, join(workDir, "main.r1cs"));
      const plan = planWitness(linked, circuit.tensors);
      await writeFile(join(workDir, "main.witness"), encodePlan(plan));
      return size;
    },
  });
  return result;
}
