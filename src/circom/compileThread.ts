import fs from "node:fs";
import { createRequire } from "node:module";
import { bindings, CircomRunner } from "circom2";
import { serve } from "../progress/thread.js";

/** One run of the compiler in a thread of its own. */
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

serve<CompilerRun, CompilerOutcome, string>(async ({ args, root }, report) => {
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
  const compiler = createRequire(import.meta.url).resolve("circom2/circom.wasm");
  try {
    await runner.execute(fs.readFileSync(compiler));
    return { code: 0, output };
  } catch (error) {
    if (error instanceof Exit) return { code: error.code, output };
    // A trap of the WebAssembly: what was printed before tells more than the trap itself.
    return { code: -1, output: `${output}\n${String(error)}` };
  }
});
