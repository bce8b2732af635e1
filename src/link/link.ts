import { join } from "node:path";
import type { Libraries } from "../circom/compileSources.js";
import type { CircuitText } from "../circom/text/circuit.js";
import { packageRoot } from "../packageRoot.js";
import { compileGadget } from "./gadget.js";
import { readTemplates } from "./gadgetLibrary.js";
import { layOut } from "./layout.js";
import { unite, withPortRows, type LinkedCircuit, type LinkedGadget } from "./linked.js";

export interface LinkParameters {
  readonly circuit: CircuitText;
  /** Folder of the cache that all builds of a machine share. */
  readonly cacheDir: string;
  /** Folder for files on the way, which are removed. */
  readonly workDir: string;
  /** The folder that has the circuit library in its folder `circuits`. @default this package's */
  readonly root?: string;
  /** Called with how many of the different gadgets are compiled. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Compiles each different gadget of a circuit once, and connects their wires: the same constraint system that circom makes of
 * the circuit's text, in seconds where circom takes minutes. What is a sum with constants is written as rows at once.
 *
 * @returns the circuit, to be written by {@link writeRows}
 */
export async function linkCircuit({
  circuit,
  cacheDir,
  workDir,
  root = packageRoot(),
  onProgress,
}: LinkParameters): Promise<LinkedCircuit> {
  const templates = readTemplates(join(root, "circuits"));
  const layout = layOut(circuit, templates);
  const libraries: Libraries = { torch2circom: root };
  const wanted = new Map<string, string>();
  for (const part of layout.parts)
    if (part.kind === "gadget") wanted.set(part.instance.text, part.instance.template);
  const gadgets = new Map<string, LinkedGadget>();
  for (const [text, template] of wanted) {
    const gadget = await compileGadget(text, templates.get(template)!, {
      libraries,
      library: "torch2circom",
      cacheDir,
      workDir,
    });
    gadgets.set(text, withPortRows(gadget));
    onProgress?.(gadgets.size / wanted.size);
  }
  return unite(layout, gadgets);
}
