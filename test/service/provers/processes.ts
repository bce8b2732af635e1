import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ProcessOptions } from "./proverProcess.js";
import type { Service } from "./service.js";

/** A prover that runs in a process of its own, with all that it has logged. */
export class ProverProcess {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown>;
  private wake: () => void = () => undefined;

  constructor({ database, outDir, folder }: Service, at?: ProcessOptions["at"]) {
    const options: ProcessOptions = { url: database.url, outDir, folder, at };
    this.child = fork(new URL("./proverProcess.ts", import.meta.url), [JSON.stringify(options)], {
      execArgv: ["--import", import.meta.resolve("tsx/esm")],
      // The leader of a group, as what a terminal starts is.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      createInterface(stream).on("line", (line) => {
        this.lines.push(line);
        this.wake();
      });
    this.exit = once(this.child, "exit");
    void this.exit.then(() => this.wake());
  }

  /** Waits for a line that holds a text. */
  async said(text: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((one) => one.includes(text));
      if (line !== undefined) return line;
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** As Ctrl-C in a terminal does: to all processes of the group. */
  interrupt(): void {
    process.kill(-this.child.pid!, "SIGINT");
  }

  async ended(): Promise<void> {
    await this.exit;
  }
}
