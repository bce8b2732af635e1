/** The part that is used of the npm package circom2, which has no types of its own. */
declare module "circom2" {
  import type nodeFs from "node:fs";

  export interface Bindings {
    exit(code: number): void;
    kill(signal: string): void;
    hrtime(): number;
    isTTY(fd: number): boolean;
    randomFillSync(buffer: Uint8Array, offset: number, size: number): Uint8Array;
    path: unknown;
    fs: Omit<typeof nodeFs, "writeSync"> & {
      writeSync(fd: number, data: Uint8Array, start: number, length: number, position: number | null): number;
    };
  }

  /** `fs` is missing here, it has to be added. */
  export const bindings: Omit<Bindings, "fs">;

  export class CircomRunner {
    constructor(options: {
      args: string[];
      env: Record<string, string>;
      /** Folder names as the compiler sees them, and where they lie. */
      preopens: Record<string, string>;
      bindings: Bindings;
    });
    execute(wasm: Uint8Array): Promise<WebAssembly.Instance>;
  }
}
