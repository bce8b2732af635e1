import { Torch2CircomError } from "../../src/errors/torch2circomError.js";
import { serve } from "../../src/progress/thread.js";

type Work =
  | { kind: "add"; bytes: Uint8Array; n: bigint }
  | { kind: "refuse" }
  | { kind: "fail" }
  | { kind: "exit" }
  | { kind: "number" }
  | { kind: "endless" }
  | { kind: "allocate" };

/** What the tests of `runInThread` run. */
serve<Work, Uint8Array, number>((work, report): Uint8Array | Promise<Uint8Array> => {
  switch (work.kind) {
    case "add":
      work.bytes.forEach((_, index) => report(index));
      return work.bytes.map((byte) => byte + Number(work.n));
    case "refuse":
      throw new Torch2CircomError("INPUT_INVALID", "It cannot be", "Do something else.");
    case "fail":
      throw Object.assign(new TypeError("disk"), { code: "ENOSPC" });
    case "exit":
      process.exit(7);
      break;
    case "number":
      return Uint8Array.from(Buffer.from(String(process.pid)));
    case "endless":
      return new Promise(() => undefined);
    case "allocate":
      return new Uint8Array(2 ** 52);
  }
});
