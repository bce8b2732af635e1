import { sha256 as sha256Of, toUtf8Bytes } from "ethers";
// The small variant: pages of browsers carry it.
import * as z from "zod/v4-mini";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { WORD_BITS } from "../netlist/domain.js";
import { INPUT_MODES, SHOWN_OUTPUTS } from "../program/modes.js";
import { sizeOf } from "../tensor/tensor.js";
import { canonicalJson } from "./canonicalJson.js";

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const count = z.int().check(z.nonnegative());

/** Integers packed into words: `perWord` of `width` bits each, `offset` subtracted first. */
const packing = z
  .strictObject({
    count,
    width: z.int().check(z.minimum(1), z.maximum(53)),
    offset: z.int(),
    perWord: count,
    words: count,
  })
  .check(
    z.refine(
      ({ count: integers, width, perWord, words }) =>
        perWord === Math.floor(WORD_BITS / width) && words === Math.ceil(integers / perWord),
      "its integers do not fill its words",
    ),
  );

/** One number per element, or one for all. */
const perElement = z.array(z.number()).check(z.minLength(1));

interface Scaled {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  readonly packing: z.infer<typeof packing>;
}

function isScaled({ scale, offset, packing: { count: elements } }: Scaled): boolean {
  return [scale, offset].every(({ length }) => length === 1 || length === elements);
}

const scaled = z.refine<Scaled>(isScaled, "it has neither one scale and offset nor one per element");

const input = z
  .strictObject({
    name: z.string(),
    /** Name of the circuit's input signal. */
    signal: z.string(),
    shape: z.array(count),
    /** Which elements of the model's input these are; all of them if it is not there. */
    elements: z.optional(z.array(count)),
    /** q = floor((x - offset) / scale + 1/2); one scale and one offset per element, or one for all. */
    scale: perElement,
    offset: z._default(perElement, [0]),
    /** The greatest integer; the least is the packing's offset. */
    hi: z.int(),
    packing,
  })
  .check(
    scaled,
    z.refine(({ shape, elements, packing: { count: read } }) => {
      const size = sizeOf(shape);
      return elements === undefined
        ? size === read
        : elements.length === read && elements.every((element) => element < size);
    }, "its packing holds other elements than it names"),
    z.refine(
      ({ hi, packing: { offset, width } }) => hi >= offset && hi < offset + 2 ** width,
      "its domain does not fit its packing",
    ),
  );

const output = z
  .strictObject({
    name: z.string(),
    shape: z.array(count),
    kind: z.enum(["values", "argmax"]),
    /** value = q * scale + offset. */
    scale: perElement,
    offset: perElement,
    packing,
  })
  .check(scaled);

/** What a setup consisted of: with the circuit, enough for anybody to check the key. */
const ceremony = z.strictObject({
  /** sha256 of the `.r1cs`. */
  circuitHash: sha256,
  /** sha256 of the powers-of-tau file; null in a development setup. */
  ptauHash: z.nullable(sha256),
  /** snarkjs's hash (blake2b, 64 bytes) of each contribution to phase 2, first to last. */
  contributionHashes: z.array(z.string().check(z.regex(/^[0-9a-f]{128}$/))),
  beacon: z.nullable(z.string()),
  /** Versions of what made circuit and key. */
  tools: z.record(z.string(), z.string()),
});

export const manifestSchema = z.strictObject({
  format: z.literal("torch2circom-manifest-1"),
  name: z.string(),
  /** With private weights, their commitment stands for the hash: a model could be guessed by its file's. */
  model: z.strictObject({ file: z.string(), format: z.enum(["pt2", "onnx"]), sha256 }),
  inputMode: z.enum(INPUT_MODES),
  outputMode: z.enum(SHOWN_OUTPUTS),
  /** The model's domain tag in every input commitment, a number below 2^248 in decimal. */
  domain: z.string().check(z.regex(/^\d{1,78}$/)),
  /** Of a model with private weights: the public signal that names them, in decimal. */
  weightCommitment: z.optional(z.string().check(z.regex(/^\d{1,78}$/))),
  inputs: z.array(input),
  outputs: z.array(output),
  constraints: z.strictObject({ nonlinear: count, linear: count, wires: count }),
  /** Null if no sample was measured. A score is null without labels. */
  accuracy: z.nullable(
    z.strictObject({
      samples: count,
      floatScore: z.nullable(z.number()),
      integerScore: z.nullable(z.number()),
      agreement: z.number(),
    }),
  ),
  /** Who could forge proofs; see `SetupKind`. */
  setup: z.enum(["development", "single-contributor"]),
  ceremony,
  setupHash: sha256,
  /** Files of the build by what they are, relative to its folder; and their sha256. */
  files: z.record(z.string(), z.string()),
  hashes: z.record(z.string(), sha256),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What binds a registered key to its setup: sha256 of the canonical JSON of the setup's kind and ceremony. */
export function setupHash({ setup, ceremony }: Pick<Manifest, "setup" | "ceremony">): string {
  return sha256Of(toUtf8Bytes(canonicalJson({ setup, ceremony }))).slice(2);
}

/**
 * The manifest that a text holds, its setup hash checked.
 *
 * @param place where the text is from, for errors
 * @param remedy what to do if it is damaged
 * @throws Torch2CircomError if it is damaged or of another version
 */
export function parseManifest(text: string, place: string, remedy: string): Manifest {
  const damaged = (why: string, cause?: Error): Torch2CircomError =>
    new Torch2CircomError("BUILD_DAMAGED", `The manifest ${place} is damaged: ${why}`, remedy, cause);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged("it is not JSON", error as Error);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    throw damaged(describeIssue(parsed.error.issues[0]));
  }
  if (parsed.data.setupHash !== setupHash(parsed.data))
    throw damaged("its setup hash is not that of its setup");
  const { model, weightCommitment } = parsed.data;
  // The registry knows the model's hash: so it pins the weights.
  if (weightCommitment !== undefined && BigInt(weightCommitment) !== BigInt(`0x${model.sha256}`))
    throw damaged("its model is not named by the commitment to its weights");
  return parsed.data;
}
