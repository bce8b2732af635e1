import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);

/** Versions of the packages that decide what a build's circuit and key are. */
export function toolVersions(): Record<string, string> {
  return Object.fromEntries(["circom2", "circomlib", "snarkjs"].map((name) => [name, versionOf(name)]));
}

function versionOf(name: string): string {
  // Not every package exports its package.json: it is looked for above the entry point.
  const entry = name === "circomlib" ? `${name}/package.json` : name;
  let folder = dirname(require.resolve(entry));
  for (;;) {
    try {
      const { name: found, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found === name && version !== undefined) return version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`the package ${name} is not found`);
    folder = parent;
  }
}
