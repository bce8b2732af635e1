import { availableParallelism } from "node:os";
import { requireFit, type Need } from "./fit.js";
import { forecastOf } from "./forecast.js";
import { linkMemory } from "./memory.js";
import { machineFor } from "./machine.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { MAX_DOMAIN_POWER } from "../groth16/field.js";
import type { SystemSize } from "../link/size.js";
import type { ProvingDomain } from "../netlist/provingDomain.js";

/** What a linked circuit's key needs beyond what this process has taken. */
export function needOf(size: SystemSize, cores = availableParallelism()): Need {
  const { diskBytes, memoryBytes } = forecastOf(size, cores);
  return { rows: size.nonlinear + size.linear, memory: memoryBytes.key, heap: 0, disk: diskBytes };
}

/**
 * Refuses a linked circuit before anything of it is written.
 *
 * @param folder of the build
 * @param anyway whether to go on where memory or disk would not suffice
 * @throws Torch2CircomError where they do not
 */
export async function requireRoom(size: SystemSize, folder: string, anyway: boolean): Promise<void> {
  if (!anyway) requireFit(needOf(size), await machineFor(folder));
}

/**
 * Refuses a circuit before it is linked, by its rows alone.
 *
 * @param folder of the build
 * @param anyway whether to go on where memory would not suffice
 * @throws Torch2CircomError where one proof cannot hold it, or the linker's memory does not suffice
 */
export async function requireLinkable(
  { rows, power }: ProvingDomain,
  folder: string,
  anyway: boolean,
): Promise<void> {
  // The quotient of a proof is over a domain of twice the size.
  if (power + 1 > MAX_DOMAIN_POWER)
    throw new Torch2CircomError(
      "CIRCUIT_TOO_LARGE",
      `The circuit has ${rows.toLocaleString("en")} rows, more than the 2^${MAX_DOMAIN_POWER - 1} that one Groth16 proof can hold`,
      "Cut it into segments (--segments auto), make the model smaller, or reduce its bit widths.",
    );
  const memory = linkMemory(rows);
  if (!anyway) requireFit({ rows, memory, heap: memory, disk: 0 }, await machineFor(folder));
}
