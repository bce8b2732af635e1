import { fork, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { ServiceProcessOptions } from "./serviceProcess.js";

/** Milliseconds until a process that has ended is started again, as by a system's supervisor. */
const RESTART = 200;

/** A process of the service that is started again whenever it ends. */
export class KeptProcess {
  /** All that any of its runs has told. */
  readonly lines: string[] = [];
  /** Where its latest run listens, if it sells and is up. */
  url?: string;
  private child!: ChildProcess;
  private ended!: Promise<void>;
  private isClosed = false;

  constructor(private readonly options: ServiceProcessOptions) {
    this.start();
  }

  /** Whether it was up. */
  kill(): boolean {
    this.url = undefined;
    return this.child.kill("SIGKILL");
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.child.kill("SIGKILL");
    await this.ended;
  }

  private start(): void {
    const child = fork(new URL("./serviceProcess.ts", import.meta.url), [JSON.stringify(this.options)], {
      execArgv: ["--import", import.meta.resolve("tsx/esm")],
      env: { ...process.env, DATABASE_URL: undefined },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child = child;
    for (const stream of [child.stdout!, child.stderr!])
      createInterface(stream).on("line", (line) => {
        this.lines.push(line);
        if (line.startsWith('{"url"')) this.url = (JSON.parse(line) as { url: string }).url;
      });
    this.ended = new Promise((resolve) => child.once("close", () => resolve()));
    void this.ended.then(async () => {
      this.url = undefined;
      await wait(RESTART);
      if (!this.isClosed) this.start();
    });
  }
}
