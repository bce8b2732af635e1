import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileCircom } from "../../src/circom/compile.js";
import { readR1cs, type R1cs } from "../../src/circom/r1cs.js";
import {
  type CircuitInput,
  type InputValue,
  WitnessGenerator,
  witnessValues,
} from "../../src/circom/witnessGenerator.js";

/** A compiled circuit, with all that a test asks of it. Signals are named without the leading `main.`. */
export interface Gadget {
  readonly name: string;
  readonly r1cs: R1cs;
  readonly constraints: { readonly nonlinear: number; readonly linear: number };
  /** The wire of each signal that has one. Signals that the compiler replaced by a constant or an equal one are absent. */
  readonly wireOf: ReadonlyMap<string, number>;
  /** The names of each wire, the shortest first. */
  readonly namesOf: readonly (readonly string[])[];
  readonly outputs: readonly string[];
  /** All inputs, also those without a wire: a private input that no constraint reads has none. */
  readonly inputs: readonly string[];
  readonly generator: WitnessGenerator;
}

const CACHE = "cache/gadgets";

/**
 * Compiles the source of a circuit with a main component; it may include from `circomlib/…` and `torch2circom/…`.
 * Kept by the hash of the source, of `circuits/` and of the compiler's version, so that a second run takes no time.
 */
export async function compileGadget(name: string, source: string): Promise<Gadget> {
  const folder = join(CACHE, `${name}-${await hashOf(source)}`);
  // Written last: what is there with it is complete.
  const figures = join(folder, "figures.json");
  if (!existsSync(figures)) {
    await mkdir(folder, { recursive: true });
    const main = join(folder, "main.circom");
    await writeFile(main, source);
    const { constraints } = await compileCircom({ main, outDir: folder, sym: true, thread: false });
    await writeFile(figures, JSON.stringify(constraints));
  }
  const r1cs = readR1cs(join(folder, "main.r1cs"));
  return {
    name,
    r1cs,
    constraints: JSON.parse(await readFile(figures, "utf8")) as Gadget["constraints"],
    ...readSignals(await readFile(join(folder, "main.sym"), "utf8"), r1cs),
    generator: await WitnessGenerator.load(await readFile(join(folder, "main_js", "main.wasm"))),
  };
}

/** The witness that the generator makes for an input. */
export function witnessOf(gadget: Gadget, input: CircuitInput): bigint[] {
  return witnessValues(gadget.generator.calculate(input));
}

/** Nested values under names, as one value under each signal's full name: `{ a: [1, 2] }` is `a[0]`, `a[1]`. */
export function flatten(values: CircuitInput): Map<string, bigint> {
  const flat = new Map<string, bigint>();
  const add = (name: string, value: InputValue): void => {
    if (typeof value === "object") value.forEach((item, index) => add(`${name}[${index}]`, item));
    else flat.set(name, BigInt(value));
  };
  for (const [name, value] of Object.entries(values)) add(name, value);
  return flat;
}

/** Lines `label,wire,component,name`; a wire of -1 was simplified away. Outputs have the first labels, then inputs. */
function readSignals(
  sym: string,
  { wireCount, publicOutputs, publicInputs, privateInputs }: R1cs,
): Pick<Gadget, "wireOf" | "namesOf" | "outputs" | "inputs"> {
  const wireOf = new Map<string, number>();
  const namesOf: string[][] = Array.from({ length: wireCount }, () => []);
  const outputs: string[] = [];
  const inputs: string[] = [];
  namesOf[0].push("1");
  for (const line of sym.trim().split("\n")) {
    const [label, wireText, , fullName] = line.split(",");
    const wire = Number(wireText);
    const name = fullName.replace(/^main\./, "");
    if (Number(label) <= publicOutputs) outputs.push(name);
    else if (Number(label) <= publicOutputs + publicInputs + privateInputs) inputs.push(name);
    if (wire < 0) continue;
    wireOf.set(name, wire);
    namesOf[wire].push(name);
  }
  for (const names of namesOf) names.sort((a, b) => a.length - b.length);
  return { wireOf, namesOf, outputs, inputs };
}

let library: Promise<string> | undefined;

async function hashOf(source: string): Promise<string> {
  library ??= hashLibrary();
  return createHash("sha256")
    .update(await library)
    .update(source)
    .digest("hex")
    .slice(0, 16);
}

async function hashLibrary(): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile("node_modules/circom2/package.json"));
  const files = await readdir("circuits", { recursive: true });
  for (const file of files.filter((path) => path.endsWith(".circom")).sort())
    hash.update(`${file}\n`).update(await readFile(join("circuits", file)));
  return hash.digest("hex");
}
