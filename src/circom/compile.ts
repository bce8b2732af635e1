import { mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { canonicalJson } from "../artifacts/canonicalJson.js";
import { hashFile, hashOf } from "../artifacts/hash.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { runInThread } from "../progress/thread.js";
import { collectSources, defaultLibraries, type Libraries, stageSources } from "./compileSources.js";
import type { CompilerOutcome, CompilerRun } from "./compiler.js";

export interface CompileParameters {
  /** Path of the circuit with the main component. Its name gives the names of the products. */
  readonly main: string;
  /** Folder for the products; made if it is not there. */
  readonly outDir: string;
  /**
   * More folders that an include may start from, by the first word of the include.
   * @default circomlib and torch2circom
   */
  readonly libraries?: Libraries;
  /** Write the names of all signals too. @default false */
  readonly sym?: boolean;
  /** Write the witness generator. @default true */
  readonly wasm?: boolean;
  /**
   * Run in a thread of its own, so that this one stays free. A small circuit is compiled before a thread has started.
   * @default true
   */
  readonly thread?: boolean;
  /** What the compiler prints, piece by piece. */
  readonly onLog?: (text: string) => void;
}

export interface CompileReturnType {
  /** Paths of the products. */
  readonly r1cs: string;
  readonly wasm: string;
  readonly sym?: string;
  readonly constraints: { readonly nonlinear: number; readonly linear: number };
  readonly wires: number;
  readonly labels: number;
}

/**
 * What the products of a circuit depend on: sha256 over all its files, those that it includes from libraries too.
 *
 * @throws Torch2CircomError as {@link compileCircom} does for files.
 */
export async function hashCircuit(main: string, libraries: Libraries = {}): Promise<string> {
  const sources = await collectSources(main, { ...defaultLibraries(), ...libraries });
  sources.sort((a, b) => (a.staged < b.staged ? -1 : 1));
  const hashes = await Promise.all(sources.map(async ({ path, staged }) => [staged, await hashFile(path)]));
  return hashOf(canonicalJson(hashes));
}

/** How far circom simplifies constraints. */
export const OPTIMIZATION = "--O1";

/**
 * Compiles a circuit in this process with circom under `--O1`.
 *
 * `--O1` keeps long linear sums out of the sides of a constraint that the prover reads; `--O2` would make the proving
 * key many times larger. All files are staged below one folder, since the compiler reads nothing outside it; products
 * are moved to `outDir` when they are complete.
 *
 * @throws Torch2CircomError with the compiler's own words if it refuses the circuit or runs out of memory.
 */
export async function compileCircom(parameters: CompileParameters): Promise<CompileReturnType> {
  const { main, sym = false, wasm = true, thread = true, onLog } = parameters;
  const outDir = resolve(parameters.outDir);
  const sources = await collectSources(main, { ...defaultLibraries(), ...parameters.libraries });
  await mkdir(outDir, { recursive: true });
  // The compiler refuses files whose real paths are not below its root's.
  const root = await realpath(await mkdtemp(join(outDir, ".circom-")));
  try {
    await stageSources(sources, root);
    for (const folder of ["out", "lib"]) await mkdir(join(root, folder), { recursive: true });
    const options = [OPTIMIZATION, "--r1cs", ...(wasm ? ["--wasm"] : []), ...(sym ? ["--sym"] : [])];
    const run: CompilerRun = { root, args: [sources[0].staged, ...options, "-o", "out", "-l", "lib"] };
    const outcome = thread
      ? await runInThread<CompilerOutcome, string>(new URL("./compileThread.js", import.meta.url), run, {
          onReport: onLog,
        })
      : await (await import("./compiler.js")).runCompiler(run, onLog ?? (() => undefined));
    if (outcome.code !== 0) throw refusal(main, outcome.output);
    const products = await moveProducts(basename(main, ".circom"), join(root, "out"), outDir, { sym, wasm });
    return { ...products, ...readFigures(outcome.output) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function moveProducts(
  name: string,
  from: string,
  to: string,
  { sym, wasm }: { sym: boolean; wasm: boolean },
): Promise<{ r1cs: string; wasm: string; sym?: string }> {
  const move = async (path: string): Promise<string> => {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rename(join(from, path), join(to, path));
    return join(to, path);
  };
  const generator = join(`${name}_js`, `${name}.wasm`);
  return {
    r1cs: await move(`${name}.r1cs`),
    wasm: wasm ? await move(generator) : join(to, generator),
    ...(sym ? { sym: await move(`${name}.sym`) } : {}),
  };
}

function readFigures(output: string): Pick<CompileReturnType, "constraints" | "wires" | "labels"> {
  const text = withoutColors(output);
  const figure = (label: string): number => {
    const match = new RegExp(`^${label}: (\\d+)`, "m").exec(text);
    if (!match) throw new Error(`circom printed no figure for "${label}":\n${text}`);
    return Number(match[1]);
  };
  return {
    constraints: { nonlinear: figure("non-linear constraints"), linear: figure("linear constraints") },
    wires: figure("wires"),
    labels: figure("labels"),
  };
}

function refusal(main: string, output: string): Torch2CircomError {
  const text = withoutColors(output).trim();
  // Rust's words for an allocation that fails, or that the 32-bit addresses of WebAssembly cannot express.
  if (/memory allocation of|capacity overflow|out of memory|Memory\.grow/i.test(text))
    return new Torch2CircomError(
      "OUT_OF_MEMORY",
      `circom ran out of memory on ${main}`,
      "The compiler has at most 4 GB in WebAssembly: make the model smaller, or reduce its bit widths.",
      new Error(text),
    );
  const end = text.slice(-3000);
  return new Torch2CircomError(
    "CIRCUIT_REFUSED",
    `circom refused ${main}:\n${indent(end || "it ended without a word")}`,
    "If this circuit was generated, this is a defect of torch2circom: please report it with the model.",
  );
}

const ESCAPE = String.fromCharCode(27);

function withoutColors(text: string): string {
  return text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g"), "");
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
