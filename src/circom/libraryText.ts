import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../packageRoot.js";

/**
 * The text of the circuit library, one file after the other: of all templates that a generated circuit may use.
 * `circuits/library` is for circuits by hand.
 */
export async function libraryText(): Promise<string> {
  const folder = join(packageRoot(), "circuits");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".circom"));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.join("\n");
}
