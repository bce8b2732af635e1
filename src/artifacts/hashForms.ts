// Not zod: pages of browsers carry this.
import * as v from "valibot";

/** Hashes as files of this package spell them: hexadecimal, in lower case. */
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "it is not a sha256 in hexadecimal"));

export const blake2b512 = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{128}$/, "it is not a blake2b-512 hash in hexadecimal"),
);
