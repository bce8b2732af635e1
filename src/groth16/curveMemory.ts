import type { CurveMemory } from "snarkjs";

const PAGE = 65536;

/** What functions of the curve take for their own use while they run: an element per element of their input. */
const SCRATCH = 1 << 20;

/** Elements that one call of a function handles, so that {@link SCRATCH} is enough for any of them. */
export const BATCH = 4096;

/** Bytes in the memory of a curve's WebAssembly, which grows where they do not fit. They are never freed. */
export function allocate(tm: CurveMemory, bytes: number): number {
  const missing = tm.u32[0] + bytes + SCRATCH - tm.memory.buffer.byteLength;
  if (missing > 0) {
    tm.memory.grow(Math.ceil(missing / PAGE));
    tm.u8 = new Uint8Array(tm.memory.buffer);
    tm.u32 = new Uint32Array(tm.memory.buffer);
  }
  return tm.alloc(bytes);
}
