import { fork } from "node:child_process";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { ErrorCode } from "../errors/codes.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";

/**
 * Long work off the main thread, so that the main thread stays free to draw progress.
 * A module that is to run there calls {@link serve} once; the main thread calls {@link runInThread} with its URL.
 */
export interface ThreadOptions<Report> {
  /** Called with whatever the work reports on its way. */
  readonly onReport?: (report: Report) => void;
  /**
   * Run in a process of its own with these flags for Node, maybe none. V8's flags are global to a process, so a thread
   * cannot have its own; and some libraries start threads from a process's main thread only.
   */
  readonly processFlags?: readonly string[];
}

type Message =
  | { kind: "ready" }
  | { kind: "report"; report: unknown }
  | { kind: "result"; result: unknown }
  | { kind: "refused"; code: ErrorCode; problem: string; remedy: string }
  | { kind: "failed"; name: string; message: string; stack?: string; code?: string };

/**
 * Runs the module at `url` with `data` and resolves with what its work returns.
 *
 * @param url of the module, with the extension `.js` whether or not the sources are TypeScript.
 * @throws Torch2CircomError as thrown by the work, or one that names memory when the thread ran out of it.
 */
export function runInThread<Result, Report = never>(
  url: URL,
  data: unknown,
  options: ThreadOptions<Report> = {},
): Promise<Result> {
  // From the sources, Node needs tsx to read TypeScript; from the built package it needs nothing.
  const execArgv = import.meta.url.endsWith(".ts") ? ["--import", import.meta.resolve("tsx/esm")] : [];
  const peer = options.processFlags
    ? startProcess(url, [...execArgv, ...options.processFlags], data)
    : startWorker(url, execArgv, data);
  return new Promise<Result>((resolve, reject) => {
    peer.onMessage((message) => {
      if (message.kind === "report") options.onReport?.(message.report as Report);
      else if (message.kind !== "ready") {
        peer.stop();
        if (message.kind === "result") resolve(message.result as Result);
        else reject(toError(message));
      }
    });
    peer.onEnd((error) => reject(error));
  });
}

/** Answers {@link runInThread} in the thread: `work` gets the data and a function that reports progress. */
export function serve<Data, Result, Report = never>(
  work: (data: Data, report: (report: Report) => void) => Promise<Result> | Result,
): void {
  const send = (message: Message): void => {
    if (parentPort) parentPort.postMessage(message);
    else process.send?.(message);
  };
  const run = async (data: Data): Promise<void> => {
    try {
      send({ kind: "result", result: await work(data, (report) => send({ kind: "report", report })) });
    } catch (error) {
      send(toMessage(error));
    }
  };
  if (!isMainThread) void run(workerData as Data);
  else {
    process.once("message", (data) => void run(data as Data));
    process.once("disconnect", () => process.exit());
    send({ kind: "ready" });
  }
}

interface Peer {
  onMessage(listener: (message: Message) => void): void;
  onEnd(listener: (error: Error) => void): void;
  stop(): void;
}

function startWorker(url: URL, execArgv: string[], data: unknown): Peer {
  const worker = new Worker(url, { workerData: data, execArgv });
  return {
    onMessage: (listener) => worker.on("message", listener),
    onEnd: (listener) => {
      worker.on("error", (error: NodeJS.ErrnoException) =>
        listener(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? outOfMemory(error) : error),
      );
      worker.on("exit", (code) =>
        listener(new Error(`a worker thread ended with code ${code} and no result`)),
      );
    },
    stop: () => void worker.terminate(),
  };
}

function startProcess(url: URL, execArgv: string[], data: unknown): Peer {
  const child = fork(url, {
    execArgv,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
  // A process that dies at once must not take this one along with a broken pipe: `exit` reports it.
  child.on("error", () => undefined);
  return {
    onMessage: (listener) =>
      child.on("message", (message: Message) => {
        if (message.kind === "ready") child.send(data as Parameters<typeof child.send>[0]);
        listener(message);
      }),
    onEnd: (listener) =>
      child.on("exit", (code, signal) => {
        const memory =
          /out of memory|heap limit/i.test(stderr) || signal === "SIGKILL" || signal === "SIGABRT";
        const cause = new Error(
          `a process ended with ${signal ?? `code ${code}`} and no result: ${stderr.trim()}`,
        );
        listener(memory ? outOfMemory(cause) : cause);
      }),
    stop: () => void child.kill(),
  };
}

function outOfMemory(cause?: Error): Torch2CircomError {
  return new Torch2CircomError(
    "OUT_OF_MEMORY",
    "This work ran out of memory",
    "Give Node more with NODE_OPTIONS=--max-old-space-size=<megabytes>, close other programs, or make the model smaller.",
    cause,
  );
}

function toMessage(error: unknown): Message {
  if (error instanceof Torch2CircomError)
    return { kind: "refused", code: error.code, problem: error.problem, remedy: error.remedy };
  if (error instanceof RangeError && /memory|allocation/i.test(error.message)) {
    const { code, problem, remedy } = outOfMemory(error);
    return { kind: "refused", code, problem, remedy };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  const { name, message, stack, code }: NodeJS.ErrnoException = known;
  return { kind: "failed", name, message, stack, code };
}

function toError(message: Extract<Message, { kind: "refused" | "failed" }>): Error {
  if (message.kind === "refused") return new Torch2CircomError(message.code, message.problem, message.remedy);
  const error: NodeJS.ErrnoException = new Error(message.message);
  error.name = message.name;
  if (message.code !== undefined) error.code = message.code;
  if (message.stack) error.stack = message.stack;
  return error;
}
