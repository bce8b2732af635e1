import { join } from "node:path";
import { writeWhole } from "../artifacts/writeFile.js";
import { OWN_LIBRARY, writeExplicitLibrary, type LowestBit } from "../circom/explicitBits.js";
import type { CircomSources, PrintOptions } from "../circom/text/print.js";

/** Files of a circuit's text, by what they are. */
export const TEXT_FILES = { circuit: "main.circom", constants: "constants.circom" } as const;

/**
 * Writes the text of a circuit to a folder, with the circuit library where that is its own.
 *
 * @param print makes the text
 */
export async function writeCircuit(
  folder: string,
  print: (options: Omit<PrintOptions, "header">) => CircomSources,
  lowestBit: LowestBit = "expression",
): Promise<void> {
  const library = lowestBit === "wire" ? { library: OWN_LIBRARY } : {};
  if (lowestBit === "wire") await writeExplicitLibrary(folder);
  const sources = print({ constantsFile: TEXT_FILES.constants, ...library });
  await writeWhole(join(folder, TEXT_FILES.circuit), sources.main);
  await writeWhole(join(folder, TEXT_FILES.constants), sources.constants);
}
