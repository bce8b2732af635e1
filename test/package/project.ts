import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../plugin/project.js";

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, "..", "..");
export const EXAMPLES = join(REPOSITORY, "examples");

/** Whether what the package is built of has not changed since, as after `npm ci`: to build it again takes a while. */
function isBuilt(): boolean {
  const built = join(REPOSITORY, "dist", ".tsbuildinfo");
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  return ["src", "tasks", "web", "contracts", "ignition", "scripts"].every((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true }).every(
      (entry) => entry.isDirectory() || statSync(join(entry.parentPath, entry.name)).mtimeMs <= mtimeMs,
    ),
  );
}

/** An empty project elsewhere, in which this repository's tarball is installed, as README and examples do. */
export class PackageProject {
  readonly root = temporaryFolder();
  private readonly env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|NODE_OPTIONS$|CI$|npm_)/.test(name)),
  );

  /** Copies a file of the examples into the project's folder. */
  example(...path: string[]): void {
    copyFileSync(join(EXAMPLES, ...path), join(this.root, path.at(-1)!));
  }

  run(command: string, ...args: string[]) {
    return run(command, args, { cwd: this.root, env: this.env, maxBuffer: 2 ** 26 });
  }

  /** The last line that a script prints. */
  async runScript(file: string): Promise<string> {
    const { stdout } = await this.run("npx", "hardhat", "run", "--no-compile", file);
    return stdout.trim().split("\n").at(-1)!;
  }

  async install(): Promise<void> {
    const scripts = isBuilt() ? ["--ignore-scripts"] : [];
    const packed = await run("npm", ["pack", "--silent", "--pack-destination", this.root, ...scripts], {
      cwd: REPOSITORY,
      env: this.env,
    });
    const tarball = join(this.root, packed.stdout.trim().split("\n").at(-1)!);
    const { devDependencies } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const of = (name: string) => ({ [name]: devDependencies[name] });
    writeFileSync(
      join(this.root, "package.json"),
      JSON.stringify({
        name: "my-dapp",
        private: true,
        type: "module",
        allowScripts: { node: true, esbuild: true },
        devDependencies: {
          torch2circom: `file:${tarball}`,
          ...of("node"),
          ...of("hardhat"),
          ...of("@nomicfoundation/hardhat-ethers"),
          ...of("@nomicfoundation/hardhat-ignition"),
          ...of("@nomicfoundation/hardhat-ignition-ethers"),
          ...of("@nomicfoundation/hardhat-mocha"),
          // A peer of Ignition, at the version that goes with this Hardhat.
          ...of("@nomicfoundation/hardhat-verify"),
          ...of("ethers"),
          ...of("solc"),
          ...of("viem"),
        },
      }),
    );
    await this.run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--silent");
    for (const file of ["iris.pt2", "iris.npz", "pay.ts"]) this.example("paid", file);
    copyFileSync(join(EXAMPLES, "paid", "hardhat.config.ts"), join(this.root, "example.config.ts"));
    // The example's configuration, with the mocha plugin, and a compiler that needs no download.
    writeFileSync(
      join(this.root, "hardhat.config.ts"),
      `import { createRequire } from "node:module";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition-ethers";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import config from "./example.config.js";
const path = createRequire(import.meta.url).resolve("solc/soljson.js");
export default { ...config, plugins: [...config.plugins, hardhatIgnition, hardhatMocha], solidity: { ...config.solidity, path } };
`,
    );
  }
}
