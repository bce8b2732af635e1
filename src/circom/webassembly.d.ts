/** The part that is used of WebAssembly's global, which only the typings of browsers declare. */
declare namespace WebAssembly {
  interface Instance {
    readonly exports: object;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(
    bytes: Uint8Array,
    imports: Record<string, Record<string, (...args: number[]) => unknown>>,
  ): Promise<{ instance: Instance }>;
}
