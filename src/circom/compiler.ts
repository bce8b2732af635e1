import fs from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindings, CircomRunner } from "circom2";

/** One run of the compiler. */
export interface CompilerRun {
  /** Arguments as on the command line; every path is relative to `root` and beneath it. */
  readonly args: readonly string[];
  readonly root: string;
}

/** How the compiler ended: its exit code (0 is success) and all that it printed. */
export interface CompilerOutcome {
  readonly code: number;
  readonly output: string;
}

/** Leaves the compiler's WebAssembly, which knows no other way to exit. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/**
 * Runs circom's WebAssembly in this thread.
 *
 * @param run its arguments and the one folder that it sees.
 * @param report called with what it prints, piece by piece.
 */
export async function runCompiler(
  { args, root }: CompilerRun,
  report: (text: string) => void,
): Promise<CompilerOutcome> {
  const decoder = new TextDecoder();
  let output = "";
  const runner = new CircomRunner({
    args: [...args],
    env: {},
    preopens: { ".": root },
    bindings: {
      ...bindings,
      exit: (code: number) => {
        throw new Exit(code);
      },
      isTTY: () => false,
      fs: {
        ...fs,
        // The compiler's stdout and stderr are not this process's.
        writeSync: (fd: number, data: Uint8Array, start: number, length: number, position: number | null) => {
          if (fd > 2) return fs.writeSync(fd, data, start, length, position);
          const text = decoder.decode(data.subarray(start, start + length), { stream: true });
          output += text;
          report(text);
          return length;
        },
      },
    },
  });
  try {
    await runner.execute((await compiler()).bytes);
    return { code: 0, output };
  } catch (error) {
    if (error instanceof Exit) return { code: error.code, output };
    // A trap of the WebAssembly: what was printed before tells more than the trap itself.
    return { code: -1, output: `${output}\n${String(error)}` };
  }
}

let loaded: Promise<{ bytes: Uint8Array; module: WebAssembly.Module }> | undefined;

/**
 * The compiler's own code. The engine compiles it once for all runs of a process, as long as somebody holds the module;
 * otherwise each run pays for that again, which is more than a small circuit takes.
 */
async function compiler(): Promise<{ bytes: Uint8Array; module: WebAssembly.Module }> {
  loaded ??= (async () => {
    const bytes = await readFile(createRequire(import.meta.url).resolve("circom2/circom.wasm"));
    return { bytes, module: await WebAssembly.compile(bytes) };
  })();
  return loaded;
}
