import { createHash, randomBytes } from "node:crypto";
import { FIELD_ORDER } from "../../groth16/field.js";

/**
 * A fresh secret for a contribution: the system's randomness, mixed with what the contributor typed. It is as random as the
 * better of both. JavaScript cannot wipe it: let the process end.
 *
 * @returns a scalar, neither 0, 1 nor -1; uniform up to 2^-250
 */
export function freshSecret(typed = ""): bigint {
  for (;;) {
    const bytes = createHash("sha512").update(randomBytes(64)).update(typed, "utf8").digest("hex");
    const secret = BigInt(`0x${bytes}`) % FIELD_ORDER;
    if (secret > 1n && secret < FIELD_ORDER - 1n) return secret;
  }
}
