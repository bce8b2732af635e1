import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { FIELD_ORDER } from "../../groth16/field.js";

/**
 * A fresh secret for a contribution: the system's randomness, mixed with what the contributor typed. It is as random as the
 * better of both. JavaScript cannot wipe it: let the process end.
 *
 * @returns a scalar, neither 0, 1 nor -1; uniform up to 2^-250
 */
export function freshSecret(typed = ""): bigint {
  for (;;) {
    const bytes = bytesToHex(sha512(concatBytes(randomBytes(64), utf8ToBytes(typed))));
    const secret = BigInt(`0x${bytes}`) % FIELD_ORDER;
    if (secret > 1n && secret < FIELD_ORDER - 1n) return secret;
  }
}
