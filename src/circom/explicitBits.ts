import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../packageRoot.js";

/** Whether the lowest bit of a decomposition is an expression, or a wire: see circuits/lowestBit.circom. */
export const LOWEST_BITS = ["expression", "wire"] as const;
export type LowestBit = (typeof LOWEST_BITS)[number];

/** Folder of a build's own copy of the gadgets, and what the includes of its circuit begin with. */
export const OWN_LIBRARY = "library";

/**
 * Writes a copy of the gadgets into a build's folder in which every lowest bit is a wire. The circuit has the same
 * meaning, and a linear constraint more for each decomposition; tools for under-constrained signals decide more of it.
 */
export async function writeExplicitLibrary(folder: string): Promise<void> {
  const library = join(folder, OWN_LIBRARY, "circuits");
  await cp(join(packageRoot(), "circuits"), library, { recursive: true });
  const file = join(library, "lowestBit.circom");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("return 0;", "return 1;"));
}

/** The folder whose `circuits` a build's circuit includes: this package's, or its own. @param main its text */
export function libraryRoot(folder: string, main: string): string {
  return main.includes(`include "${OWN_LIBRARY}/`) ? join(folder, OWN_LIBRARY) : packageRoot();
}
