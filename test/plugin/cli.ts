import { spawn, type ChildProcess } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import torch2circom from "../../src/index.js";
import { buildOnce } from "../helpers/builds.js";
import { temporaryFolder } from "./project.js";

export const REPOSITORY = join(import.meta.dirname, "..", "..");

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project folder with a configuration of its own, in which the command line is run as a user would. */
export class CliProject {
  readonly root = temporaryFolder();

  /**
   * @param repository where the plugin is
   * @param url of a node, which is then the network devnet
   * @param accounts keys for devnet. Default: the node has them
   */
  constructor({
    repository = REPOSITORY,
    url,
    accounts,
  }: { repository?: string; url?: string; accounts?: readonly string[] } = {}) {
    const plugin = pathToFileURL(join(repository, "src", "index.ts")).href;
    writeFileSync(join(this.root, "package.json"), JSON.stringify({ name: "project", type: "module" }));
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.root, "node_modules"));
    const http = (more: string) => `{ type: "http", chainType: "l1", ${more} }`;
    // Nothing listens on port 1.
    const nowhere = 'url: "http://127.0.0.1:1"';
    const networks = [
      `dead: ${http(nowhere)}`,
      `keyless: ${http(`${nowhere}, accounts: [configVariable("A_KEY_THAT_IS_NOT_SET")]`)}`,
      ...(url === undefined
        ? []
        : [
            `devnet: ${http(`url: ${JSON.stringify(url)}, accounts: ${JSON.stringify(accounts ?? "remote")}`)}`,
          ]),
    ];
    writeFileSync(
      join(this.root, "hardhat.config.ts"),
      `import { configVariable } from "hardhat/config";
import torch2circom from ${JSON.stringify(plugin)};
export default { plugins: [torch2circom], networks: { ${networks.join(", ")} } };
`,
    );
  }

  /** Puts the build of the iris fixture in place: the command that builds it finds its stages done. */
  async buildOnce(): Promise<void> {
    await buildOnce(await createHardhatRuntimeEnvironment({ plugins: [torch2circom] }, {}, this.root));
  }

  /** `npx hardhat <args>` in the project. */
  run(...args: string[]): Promise<CliResult> {
    return this.start(...args).result;
  }

  /** The same, as a process that can be killed. */
  start(...args: string[]): { readonly child: ChildProcess; readonly result: Promise<CliResult> } {
    const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", ...args], {
      cwd: this.root,
      env: userEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const result = new Promise<CliResult>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
    return { child, result };
  }
}

/** A user's own environment: Hardhat hands its options down by variables, and shows stack traces where it sees CI. */
function userEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(HARDHAT_|NODE_OPTIONS$|CI$|GITHUB_ACTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(own), HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" };
}
