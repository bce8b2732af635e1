import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { packageRoot } from "../packageRoot.js";

const require = createRequire(import.meta.url);

/** Folders that an include may start from: `include "<name>/…"` is looked for in the folder of that name. */
export type Libraries = Readonly<Record<string, string>>;

/** The libraries that every circuit may include, wherever this package is installed. */
export function defaultLibraries(): Libraries {
  return {
    circomlib: dirname(require.resolve("circomlib/package.json")),
    torch2circom: packageRoot(),
  };
}

/** A circuit's main file and all that it includes, as they lie on this disk and as they are named for the compiler. */
export interface SourceFile {
  /** Absolute path on disk. */
  readonly path: string;
  /** Path below the compiler's root, with forward slashes. */
  readonly staged: string;
}

/**
 * Finds the files that `main` includes, directly or not: relative to the including file, or from a library.
 * The first of the result is `main` itself.
 *
 * @throws Torch2CircomError for an include that is not found or that leaves its root.
 */
export async function collectSources(main: string, libraries: Libraries): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>();
  const waiting = [resolve(main)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const text = await readSource(path);
    found.set(path, { path, staged: stagedName(path, dirname(resolve(main)), libraries) });
    for (const name of includesOf(text)) waiting.push(resolveInclude(name, path, libraries));
  }
  return [...found.values()];
}

/** Copies the files below `root`, so that every path the compiler sees is relative and beneath one folder. */
export async function stageSources(files: readonly SourceFile[], root: string): Promise<void> {
  for (const { path, staged } of files) {
    await mkdir(dirname(join(root, staged)), { recursive: true });
    await copyFile(path, join(root, staged));
  }
}

/** Names in `include "…";` statements, comments left out. */
function includesOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/[^\n]*/g, "");
  return [...code.matchAll(/\binclude\s*"([^"]+)"/g)].map((match) => match[1]);
}

async function readSource(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      `The circuit ${path} cannot be read`,
      "Check the path.",
      error as Error,
    );
  }
}

function resolveInclude(name: string, from: string, libraries: Libraries): string {
  const [library, ...rest] = name.split("/");
  const candidates = [resolve(dirname(from), name)];
  const folder = libraries[library ?? ""];
  if (folder !== undefined) candidates.push(resolve(folder, ...rest));
  for (const candidate of candidates) {
    if (existsSync(candidate)) return candidate;
  }
  throw new Torch2CircomError(
    "CIRCUIT_REFUSED",
    `${from} includes "${name}", which is not there`,
    `Includes are relative to the including file, or start with one of: ${Object.keys(libraries).join(", ")}.`,
  );
}

function stagedName(path: string, mainFolder: string, libraries: Libraries): string {
  // The innermost library wins: circomlib usually lies in a node_modules folder inside another root.
  const roots = Object.entries(libraries)
    .map(([name, folder]) => ({ folder: resolve(folder), prefix: `lib/${name}` }))
    .sort((a, b) => b.folder.length - a.folder.length);
  const inside = [...roots, { folder: mainFolder, prefix: "source" }].find(({ folder }) =>
    path.startsWith(folder + sep),
  );
  if (!inside)
    throw new Torch2CircomError(
      "CIRCUIT_REFUSED",
      `The circuit includes ${path}, outside its own folder`,
      "Keep the files of a circuit in one folder, or include them from a library.",
    );
  return `${inside.prefix}/${relative(inside.folder, path).split(sep).join("/")}`;
}
