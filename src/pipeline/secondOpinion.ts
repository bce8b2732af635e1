import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelPaths } from "../artifacts/paths.js";
import { checkWidths } from "../checker/check.js";
import { libraryText } from "../circom/libraryText.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/**
 * Asks the checker of src/checker, which shares no code with what chose the circuit's widths, about the texts that a
 * build wrote. @returns how many numbers and wires it looked at
 *
 * @throws Torch2CircomError with its first findings
 */
export async function askSecondOpinion({ folder, program, circuit }: ModelPaths): Promise<number> {
  const [programJson, main, constants] = await Promise.all(
    [program, circuit, join(folder, "constants.circom")].map((path) => readFile(path, "utf8")),
  );
  const { checks, findings } = checkWidths({ programJson, main, constants, library: await libraryText() });
  if (findings.length === 0) return checks;
  const shown = findings
    .slice(0, 5)
    .map(({ component, what, evidence }) => `    ${component}: ${what}: ${evidence}`);
  throw new Torch2CircomError(
    "INTERNAL_CHECK_FAILED",
    `The circuit is not what its program needs (${findings.length} findings of an independent check):\n${shown.join("\n")}`,
    "Nothing was built, since its proofs could be forged or impossible. Please report it with the model.",
  );
}
