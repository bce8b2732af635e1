import { fork } from "node:child_process";
import type { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/** A thread or a process that runs a module: see {@link runInThread}. */
export interface Peer {
  /**
   * Hands over data, and resolves with the first message that `isLast` says ends the run.
   *
   * @throws Error if it ends before.
   */
  run<Message>(data: unknown, isLast: (message: Message) => boolean): Promise<Message>;
  stop(): void;
}

/** A peer that can wait for another run without keeping this process alive, and may end before it. */
export interface LastingPeer extends Peer {
  isAlive(): boolean;
}

/** From the sources, Node needs tsx to read TypeScript; from the built package it needs nothing. */
const EXEC_ARGV = import.meta.url.endsWith(".ts") ? ["--import", import.meta.resolve("tsx/esm")] : [];

export function startWorker(url: URL): Peer {
  const worker = new Worker(url, { execArgv: EXEC_ARGV });
  return {
    run: (data, isLast) =>
      new Promise((resolve, reject) => {
        worker.on("message", (message) => {
          if (isLast(message as never)) resolve(message as never);
        });
        worker.on("error", (error: NodeJS.ErrnoException) =>
          reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory(error) : error),
        );
        worker.on("exit", (code) =>
          reject(new Error(`a worker thread ended with code ${code} and no result`)),
        );
        worker.postMessage(data);
      }),
    stop: () => void worker.terminate(),
  };
}

/** @param apart in a process group of its own: what a terminal sends to all that it runs, such as Ctrl-C, is not for it */
export function startProcess(url: URL, flags: readonly string[], apart = false): LastingPeer {
  const child = fork(url, {
    detached: apart,
    execArgv: [...EXEC_ARGV, ...flags],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
  // A process that dies at once must not take this one along with a broken pipe: `exit` reports it.
  child.on("error", () => undefined);
  const holdThisProcess = (hold: boolean): void => {
    for (const handle of [child, child.channel, child.stderr as Socket | null])
      if (hold) handle?.ref();
      else handle?.unref();
  };
  return {
    run: async (data, isLast) => {
      holdThisProcess(true);
      try {
        return await new Promise((resolve, reject) => {
          child.on("message", (message) => {
            if (isLast(message as never)) resolve(message as never);
          });
          child.on("exit", (code, signal) => reject(endOf(code, signal, stderr)));
          if (child.connected) child.send(data as Parameters<typeof child.send>[0]);
          else reject(endOf(child.exitCode, child.signalCode, stderr));
        });
      } finally {
        holdThisProcess(false);
        child.removeAllListeners("message").removeAllListeners("exit");
      }
    },
    stop: () => void child.kill(),
    isAlive: () => child.connected,
  };
}

function endOf(code: number | null, signal: string | null, stderr: string): Error {
  const memory = /out of memory|heap limit/i.test(stderr) || signal === "SIGKILL" || signal === "SIGABRT";
  const cause = new Error(`a process ended with ${signal ?? `code ${code}`} and no result: ${stderr.trim()}`);
  return memory ? outOfMemory(cause) : cause;
}

export function outOfMemory(cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "OUT_OF_MEMORY",
    "This work ran out of memory",
    "Give Node more with NODE_OPTIONS=--max-old-space-size=<megabytes>, close other programs, or make the model smaller.",
    cause,
  );
}
