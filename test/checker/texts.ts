import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Texts } from "../../src/checker/check.js";
import { printCircom } from "../../src/circom/text/print.js";
import type { Netlist } from "../../src/netlist/types.js";
import { withoutSecrets } from "../../src/program/secret.js";
import { serializeProgram } from "../../src/program/serialize.js";
import type { Program } from "../../src/program/types.js";

const FOLDER = join(import.meta.dirname, "..", "..", "circuits");

/** Text of the circuit library. */
export const LIBRARY = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".circom"))
  .map((file) => readFileSync(join(FOLDER, file), "utf8"))
  .join("\n");

/** What a build writes of a program and its netlist. @param published whether secret weights are left out */
export function textsOf(program: Program, netlist: Netlist, published = true): Texts {
  const { main, constants } = printCircom(netlist, { header: ["a test"], constantsFile: "constants.circom" });
  return { programJson: jsonOf(program, published), main, constants, library: LIBRARY };
}

/** A program is asked for with many netlists. */
let last: { program: Program; published: boolean; json: string } | undefined;

function jsonOf(program: Program, published: boolean): string {
  if (last?.program !== program || last.published !== published)
    last = { program, published, json: serializeProgram(published ? withoutSecrets(program) : program) };
  return last.json;
}
