import { readKeyHeader } from "./keyHeader.js";
import { fromMontgomery, littleEndian } from "./points.js";
import { Refused } from "./refused.js";

/**
 * That the keys of one model have deltas of their own: neither equal nor opposite. Where two are, the same secret was used
 * for both, and a proof's part of one serves to forge the other's. The registry refuses such keys of a pipeline.
 *
 * @param keys names and paths of the proving keys
 * @throws Refused that names the keys; Torch2CircomError if a key cannot be read or is not in form
 */
export function requireDistinctDeltas(
  keys: readonly { readonly name: string; readonly key: string }[],
): void {
  const owners = new Map<bigint, string>();
  for (const { name, key } of keys) {
    // A point and its opposite have one x.
    const x = fromMontgomery(littleEndian(readKeyHeader(key).delta1));
    const owner = owners.get(x);
    if (owner !== undefined)
      throw new Refused(
        `the keys of ${owner} and ${name} have the same delta, or opposite ones: every contributor used one secret for both`,
      );
    owners.set(x, name);
  }
}
