import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import torch2circom from "../../../src/index.js";

const REPOSITORY = resolve(import.meta.dirname, "..", "..", "..");

/** A line of a process's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** A project in a folder of its own, on the network of one node; all that it started ends with this process. */
export class NodeProject {
  private readonly root = mkdtempSync(join(tmpdir(), "torch2circom-demo-"));
  private readonly children: ChildProcess[] = [];

  /**
   * @param url of the chain's node
   * @param accounts private keys
   */
  constructor(
    private readonly url: string,
    private readonly accounts: string[],
  ) {
    // Whatever ends the demo: they end their databases, too.
    process.once("exit", () => this.running().forEach((child) => child.kill("SIGTERM")));
    // PostgreSQL may run as another user, who has to pass.
    chmodSync(this.root, 0o755);
    writeFileSync(join(this.root, "package.json"), JSON.stringify({ name: "demo", type: "module" }));
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.root, "node_modules"));
    const plugin = pathToFileURL(join(REPOSITORY, "src", "index.ts")).href;
    const network = { type: "http", chainType: "l1", url, accounts };
    writeFileSync(
      join(this.root, "hardhat.config.ts"),
      `import torch2circom from ${JSON.stringify(plugin)};
export default { plugins: [torch2circom], networks: { devnet: ${JSON.stringify(network)} } };
`,
    );
  }

  /** The same project, for what needs no process of its own. */
  environment(): Promise<HardhatRuntimeEnvironment> {
    const { url, accounts } = this;
    const devnet = { type: "http", chainType: "l1", url, accounts } as const;
    const config = { plugins: [torch2circom], networks: { devnet } };
    return createHardhatRuntimeEnvironment(config, { network: "devnet" }, this.root);
  }

  /** Runs `npx hardhat <args>`. @param onLine told of each line of its log */
  run(
    args: readonly string[],
    onLine: (line: LogLine, child: ChildProcess) => void = () => undefined,
  ): ChildProcess {
    const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", ...args], {
      cwd: this.root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, HARDHAT_DISABLE_TELEMETRY_PROMPT: "true", DATABASE_URL: undefined },
    });
    this.children.push(child);
    let rest = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line.startsWith("{")) onLine(JSON.parse(line) as LogLine, child);
    });
    return child;
  }

  /** What a process prints when it is ready. */
  async ready(child: ChildProcess, pattern: RegExp): Promise<string> {
    let text = "";
    return new Promise((found, fail) => {
      child.stdout!.setEncoding("utf8").on("data", (more: string) => {
        const match = pattern.exec((text += more));
        if (match !== null) found(match[1] ?? match[0]);
      });
      child.once("close", (code) => fail(new Error(`the process ended (${code}): ${text}`)));
    });
  }

  /** Ends the processes as Ctrl-C does, and removes the project. */
  async close(): Promise<void> {
    // Provers first: the service's database goes last.
    for (const child of this.running().reverse()) {
      const ended = new Promise((done) => child.once("close", done));
      child.kill("SIGINT");
      await ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
  private running(): ChildProcess[] {
    return this.children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  }
}
