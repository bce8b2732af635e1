import { canonicalJson } from "../../artifacts/canonicalJson.js";
import { hashOf } from "../../artifacts/hash.js";
import type { Manifest } from "../../artifacts/manifest.js";

/** A build of a model, which differs from any other by its hash. */
export interface Build {
  readonly model: string;
  /** sha256 of the model's name and the hashes of the build's files, in hexadecimal. */
  readonly build: string;
}

/** The build that a manifest describes. */
export function buildOf({ name, hashes, batches = [], segments = [] }: Manifest): Build {
  const parts = [...batches, ...segments].map((part) => part.hashes);
  return { model: name, build: hashOf(canonicalJson({ name, hashes, parts })) };
}
