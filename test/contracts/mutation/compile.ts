import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { SOLC } from "../../../ignition/solc.js";

const require = createRequire(import.meta.url);
const solc = require("solc") as { compile(input: string): string };

interface Output {
  errors?: { severity: string }[];
  contracts?: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}

/** Creation bytecode of each contract, by `<file>:<contract>`. */
export type Bytecodes = ReadonlyMap<string, string>;

const IMPORT = /^import .*?from "(.*)";/gm;

/** Compiles what depends on one file, with the project's compiler and settings, in this process. */
export class Compiler {
  private readonly sources = new Map<string, string>();

  constructor(private readonly root: string) {
    for (const file of globSync("contracts/**/*.sol", { cwd: root })) this.add(file);
  }

  source(file: string): string {
    return this.sources.get(file)!;
  }

  /** @returns undefined if the file does not compile with this content */
  compile(file: string, content: string): Bytecodes | undefined {
    const all = new Map(this.sources).set(file, content);
    const selected = [...all.keys()].filter((other) => this.dependsOn(other, file));
    const input = {
      language: "Solidity",
      sources: Object.fromEntries([...all].map(([name, text]) => [name, { content: text }])),
      settings: {
        ...SOLC.settings,
        outputSelection: Object.fromEntries(selected.map((name) => [name, { "*": ["evm.bytecode.object"] }])),
      },
    };
    const { errors = [], contracts = {} } = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
    if (errors.some(({ severity }) => severity === "error")) return undefined;
    return new Map(
      Object.entries(contracts).flatMap(([name, members]) =>
        Object.entries(members)
          .filter(([, { evm }]) => evm.bytecode.object !== "")
          .map(([contract, { evm }]) => [`${name}:${contract}`, `0x${evm.bytecode.object}`] as const),
      ),
    );
  }

  private add(file: string): void {
    if (this.sources.has(file)) return;
    const path = file.startsWith("contracts/") ? join(this.root, file) : require.resolve(file);
    this.sources.set(file, readFileSync(path, "utf8"));
    for (const imported of this.imports(file)) this.add(imported);
  }

  private imports(file: string): string[] {
    return [...this.source(file).matchAll(IMPORT)].map(([, path = ""]) =>
      path.startsWith(".") ? posix.join(posix.dirname(file), path) : path,
    );
  }

  private dependsOn(file: string, target: string): boolean {
    return file === target || this.imports(file).some((imported) => this.dependsOn(imported, target));
  }
}
