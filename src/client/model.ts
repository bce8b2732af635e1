import { parse } from "valibot";
import { sha256, toUtf8String } from "ethers";
import { parseManifest, type Manifest } from "../artifacts/manifestForm.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { verificationKey as keyForm } from "../groth16/forms.js";
import type { VerificationKey } from "../groth16/types.js";
import { fetchBytes } from "../download/fetchBytes.js";
import type { BatchKey } from "./escrow.js";
import { modelIdOf, type ModelKeys } from "./modelId.js";

/** Bytes of a manifest or a key that are read at most: a public place may send anything. */
const MAX_BYTES = 2 ** 24;

/** Milliseconds that a place has for one file. */
const TIMEOUT = 60_000;

/** What a client needs to know of a model, all of it checked against the model's id. */
export interface RemoteModel {
  readonly manifest: Manifest;
  /** Of one job; of a model in segments, the first segment's. */
  readonly verificationKey: VerificationKey;
  /** The keys for many jobs in one proof, the smallest first. */
  readonly batches: readonly BatchKey[];
  /** The keys of the segments, the first to the last; none where one circuit proves the model. */
  readonly segments: readonly VerificationKey[];
}

/** The place of a manifest, and the hash beside it: `https://example.com/iris/manifest.json#sha256=<64 hex digits>`. */
const URI = /^(https?:\/\/[^#\s]+)#sha256=([0-9a-f]{64})$/;

/**
 * The `uri` to register a model with, so that {@link fetchModel} can check what it finds there.
 *
 * @param place of the manifest; its keys have to lie beside it, under their names in the build
 * @param manifestHash sha256 of the manifest's file, 64 hexadecimal digits
 * @example
 * ```ts
 * import { modelUri } from "torch2circom/client";
 *
 * console.log(modelUri("https://example.com/iris/manifest.json", "00".repeat(32)));
 * ```
 */
export function modelUri(place: string, manifestHash: string): string {
  const uri = `${place}#sha256=${manifestHash}`;
  if (URI.test(uri)) return uri;
  throw uriError(uri);
}

/**
 * Fetches a model's manifest and verification key from where a `ModelRegistered` event says that they are.
 *
 * A uri is the word of whoever announced it. Its hash says that the manifest is the announced one, the model id that the
 * key and the hashes of model, circuit and setup are the registered ones. Scales of inputs and outputs are the
 * announcer's word: take the uri of a registrant that you trust.
 *
 * @param modelId 32 bytes, in hexadecimal
 * @param uri see {@link modelUri}; at most 16 MiB are read of each file
 * @throws Torch2CircomError if a file cannot be fetched, is too large, or is not the one that was announced or registered
 * @example
 * ```ts
 * import { fetchModel } from "torch2circom/client";
 *
 * const [event] = await contracts.registry.queryFilter(contracts.registry.filters.ModelRegistered(modelId));
 * const { manifest } = await fetchModel(modelId, event.args.uri).catch(() => ({ manifest: undefined }));
 * console.log(manifest?.inputs.length ?? "announced without a place");
 * ```
 */
export async function fetchModel(modelId: string, uri: string): Promise<RemoteModel> {
  const [, place, hash] = URI.exec(uri) ?? [];
  if (place === undefined) throw uriError(uri);
  const manifest = parseManifest(await fetchText(place, hash), place, "Ask who registered the model.");
  const keys = await fetchKeys(manifest, place);
  if (modelIdOf(manifest, keys) === modelId.toLowerCase())
    return { manifest, verificationKey: keys.key, batches: keys.batches, segments: keys.segments };
  throw new Torch2CircomError(
    "KEY_INVALID",
    `What ${place} describes is not the model ${modelId}`,
    "Take the uri of another registrant of this model.",
  );
}

/** The keys beside a manifest, each checked against its hash. */
async function fetchKeys(
  { hashes, batches = [], segments = [] }: Manifest,
  place: string,
): Promise<ModelKeys> {
  const fetchKey = async (folder: string, own: Manifest["hashes"]): Promise<VerificationKey> => {
    const keyPlace = new URL(`${folder}verification_key.json`, place).href;
    return parseKey(await fetchText(keyPlace, own.verificationKey), keyPlace);
  };
  const parts = await Promise.all(
    segments.map((one, number) => fetchKey(`segment-${number + 1}/`, one.hashes)),
  );
  const many = await Promise.all(
    batches.map(async ({ jobs, hashes: own }) => ({ jobs, key: await fetchKey(`batch-${jobs}/`, own) })),
  );
  return { key: parts.at(0) ?? (await fetchKey("", hashes)), batches: many, segments: parts };
}

function parseKey(text: string, place: string): VerificationKey {
  try {
    return parse(keyForm, JSON.parse(text));
  } catch (error) {
    const problem = `${place} is not a Groth16 verification key`;
    throw new Torch2CircomError("FILE_DAMAGED", problem, "Ask who registered the model.", error as Error);
  }
}

async function fetchText(place: string, hash: string | undefined): Promise<string> {
  const bytes = await fetchBytes(place, MAX_BYTES, TIMEOUT).catch((error: Error) => {
    const problem = `${place} cannot be fetched: ${error.message}`;
    throw new Torch2CircomError(
      "FILE_NOT_READABLE",
      problem,
      "Try later, or another registrant's uri.",
      error,
    );
  });
  if (sha256(bytes) === `0x${hash}`) return toUtf8String(bytes);
  throw new Torch2CircomError(
    "FILE_DAMAGED",
    `${place} is not the file that was announced: its sha256 is another`,
    "Take the uri of another registrant of this model.",
  );
}

/** What `torch2circom:register` announces without a place. */
const HASH_ALONE = /^manifest:sha256:/;

function uriError(uri: string): Torch2CircomError {
  const shown = `"${uri.slice(0, 200)}"`;
  if (HASH_ALONE.test(uri)) {
    return new Torch2CircomError(
      "INVALID_ARGUMENT",
      `${shown} is the hash of a manifest, without a place to fetch it from`,
      "Ask the registrant to announce one (torch2circom:register --uri https://…/manifest.json), or for the files.",
    );
  }
  return new Torch2CircomError(
    "INVALID_ARGUMENT",
    `${shown} does not name a place with its hash`,
    "Give https://<place of manifest.json>#sha256=<64 hexadecimal digits>.",
  );
}
