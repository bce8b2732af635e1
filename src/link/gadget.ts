import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolVersions } from "../artifacts/toolVersions.js";
import { compileCircom, hashCircuit, OPTIMIZATION } from "../circom/compile.js";
import type { Libraries } from "../circom/compileSources.js";
import { parseR1cs, type R1cs } from "../circom/r1cs.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { cached } from "./gadgetCache.js";
import type { Template } from "./gadgetLibrary.js";

/** An input or output of a gadget. */
export interface Port {
  readonly name: string;
  readonly isOutput: boolean;
  /** The first of its wires, which follow each other; and how many elements it has. */
  readonly wire: number;
  readonly size: number;
}

/** A template with its parameters, compiled by itself: all its inputs are public, so that each element has a wire. */
export interface Gadget {
  /** As a Circom expression: `Requantize(7,8,-128)`. */
  readonly text: string;
  readonly r1cs: R1cs;
  readonly ports: readonly Port[];
  /** The constant 1 and the wires of all ports; inner wires follow. */
  readonly portWires: number;
  /** The names of its inner wires. */
  readonly innerNames: readonly string[];
  /** Its witness generator. */
  readonly wasm: Uint8Array;
}

export interface GadgetSources {
  readonly libraries: Libraries;
  /** What includes of gadgets begin with: the name of one of `libraries`. */
  readonly library: string;
  /** Folder of the cache that all builds share. */
  readonly cacheDir: string;
  /** Folder for files on the way, which are removed. */
  readonly workDir: string;
}

/** Compiles a gadget by itself, or takes it from the cache. @param text its instance, `Requantize(7,8,-128)` */
export async function compileGadget(
  text: string,
  template: Template,
  { libraries, library, cacheDir, workDir }: GadgetSources,
): Promise<Gadget> {
  const source = sourceOf(text, template, library);
  // Of the library's file: the hash of a circuit has the names of its files, and `source` gets another each time.
  const file = join(libraries[library], "circuits", template.file);
  const from = {
    ...{ source, library: await hashCircuit(file, libraries) },
    ...{ circom: toolVersions()["circom2"], options: OPTIMIZATION },
  };
  const pieces = await cached(join(cacheDir, "gadgets"), from, async () => {
    const folder = await mkdtemp(join(workDir, ".gadget-"));
    try {
      const main = join(folder, "gadget.circom");
      await writeFile(main, source);
      const { r1cs, wasm, sym } = await compileCircom({
        main,
        outDir: folder,
        libraries,
        sym: true,
        thread: false,
      });
      return await Promise.all([r1cs, sym!, wasm].map((path) => readFile(path)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return gadgetOf(text, pieces);
}

function sourceOf(text: string, { file, inputs }: Template, library: string): string {
  const shown = inputs.length === 0 ? "" : ` {public [${inputs.join(", ")}]}`;
  return [
    "pragma circom 2.1.6;",
    `include "${library}/circuits/${file}";`,
    `component main${shown} = ${text};`,
    "",
  ].join("\n");
}

function gadgetOf(text: string, [r1csBytes, sym, wasm]: readonly Uint8Array[]): Gadget {
  const r1cs = parseR1cs(r1csBytes, `the gadget ${text}`);
  const portWires = 1 + r1cs.publicOutputs + r1cs.publicInputs;
  const innerNames = new Array<string>(r1cs.wireCount - portWires).fill("");
  const ports = new Map<string, { name: string; isOutput: boolean; wire: number; size: number }>();
  for (const line of new TextDecoder().decode(sym).trim().split("\n")) {
    const [label, wireText, , full] = line.split(",");
    const wire = Number(wireText);
    const name = full.replace(/^main\./, "");
    if (wire >= portWires) innerNames[wire - portWires] ||= name;
    if (Number(label) >= portWires) continue;
    // Labels of ports are their wires: no public signal is ever left out.
    const signal = name.split("[", 1)[0];
    const port = ports.get(signal);
    if (port === undefined)
      ports.set(signal, { name: signal, isOutput: wire <= r1cs.publicOutputs, wire, size: 1 });
    else port.size++;
  }
  const known = [...ports.values()].reduce((sum, { size }) => sum + size, 1);
  if (known !== portWires || r1cs.privateInputs > 0)
    throw new Torch2CircomError(
      "INTERNAL_CHECK_FAILED",
      `The gadget ${text} has ${portWires - 1} inputs and outputs, and names ${known - 1}`,
      "This is a defect of torch2circom: please report it with the model.",
    );
  return { text, r1cs, ports: [...ports.values()], portWires, innerNames, wasm };
}
