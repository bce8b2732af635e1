import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelPaths } from "../artifacts/paths.js";
import { runStage } from "../artifacts/stage.js";
import { toolVersions } from "../artifacts/toolVersions.js";
import { hashCircuit } from "../circom/compile.js";
import { OWN_LIBRARY, type LowestBit } from "../circom/explicitBits.js";
import { structureOf } from "../circom/text/circuit.js";
import { statementsOf } from "../circom/text/statements.js";
import { linkCircuit } from "../link/link.js";
import { encodePlan } from "../link/planFile.js";
import { countRows, writeRows } from "../link/rows.js";
import type { SystemSize } from "../link/size.js";
import { planWitness } from "../link/witnessPlan.js";
import { isWiring, type Netlist } from "../netlist/types.js";

export interface LinkStageParameters {
  readonly paths: ModelPaths;
  readonly netlist: Netlist;
  readonly lowestBit?: LowestBit;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  readonly onProgress?: (fraction: number) => void;
  /** Called with the size of the system before it is written, unless it was before; it may refuse to go on. */
  readonly onCounted?: (size: SystemSize) => Promise<void>;
}

/** Writes the constraint system of a build's circuit, and how its witnesses are made, unless they are there. */
export async function linkStage(parameters: LinkStageParameters): Promise<SystemSize> {
  const { paths, netlist, lowestBit, cacheDir, onProgress, onCounted } = parameters;
  const { result } = await runStage<SystemSize>({
    folder: paths.folder,
    name: "link",
    inputs: { sources: await hashCircuit(paths.circuit), tools: toolVersions(), keeps: "size" },
    outputs: ["main.r1cs", "main.witness"],
    run: async (workDir) => {
      const circuit = await linkCircuit({
        circuit: structureOf(statementsOf(netlist)),
        cacheDir,
        workDir,
        ...(lowestBit === "wire" && { root: join(paths.folder, OWN_LIBRARY) }),
        onProgress,
      });
      await onCounted?.(countRows(circuit));
      const size = writeRows(circuit, join(workDir, "main.r1cs"));
      const plan = planWitness(circuit, tensorsOf(netlist));
      await writeFile(join(workDir, "main.witness"), encodePlan(plan));
      return size;
    },
  });
  return result;
}

/** The tensor that each component computes. */
export function tensorsOf({ steps }: Netlist): ReadonlyMap<string, number> {
  return new Map(steps.flatMap((step) => (isWiring(step) ? [] : [[step.name, step.output] as const])));
}
