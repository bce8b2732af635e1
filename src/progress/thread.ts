import { parentPort } from "node:worker_threads";
import type { ErrorCode } from "../errors/codes.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { outOfMemory, startProcess, startWorker } from "./peer.js";
import { ProcessPool } from "./pool.js";

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
  /**
   * Run in a process, and keep it for the next run of the module: what it has loaded and made ready serves again. In
   * the pool that all such runs of the module share, or in one of the caller's, who closes it.
   */
  readonly warm?: boolean | ProcessPool;
}

type Message =
  | { kind: "report"; report: unknown }
  | { kind: "result"; result: unknown }
  | { kind: "refused"; code: ErrorCode; problem: string; remedy: string }
  | { kind: "failed"; name: string; message: string; stack?: string; code?: string };

/** The pools that runs of a module share. */
const pools = new Map<string, ProcessPool>();

/**
 * Runs the module at `url` with `data` and resolves with what its work returns.
 *
 * @param url of the module, with the extension `.js` whether or not the sources are TypeScript.
 * @throws Torch2CircomError as thrown by the work, or one that names memory when the thread ran out of it.
 */
export async function runInThread<Result, Report = never>(
  url: URL,
  data: unknown,
  options: ThreadOptions<Report> = {},
): Promise<Result> {
  const { onReport, processFlags, warm } = options;
  const isLast = (message: Message): boolean => {
    if (message.kind === "report") onReport?.(message.report as Report);
    return message.kind !== "report";
  };
  let message: Message;
  if (warm) {
    const pool = warm === true ? sharedPool(url, processFlags) : warm;
    message = await pool.run(data, isLast);
  } else {
    const peer = processFlags ? startProcess(url, processFlags) : startWorker(url);
    message = await peer.run(data, isLast);
    peer.stop();
  }
  if (message.kind === "result") return message.result as Result;
  throw toError(message as Extract<Message, { kind: "refused" | "failed" }>);
}

function sharedPool(url: URL, flags?: readonly string[]): ProcessPool {
  const pool = pools.get(url.href) ?? new ProcessPool(url, flags);
  pools.set(url.href, pool);
  return pool;
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
  if (parentPort) parentPort.on("message", (data: Data) => void run(data));
  else {
    process.on("message", (data) => void run(data as Data));
    process.once("disconnect", () => process.exit());
  }
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
