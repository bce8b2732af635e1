import { sha256 as sha256Of, toUtf8Bytes } from "ethers";
// Not zod: pages of browsers carry this.
import * as v from "valibot";
import { describeIssue } from "../errors/formIssue.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { WORD_BITS } from "../netlist/domain.js";
import { INPUT_MODES, SHOWN_OUTPUTS } from "../program/modes.js";
import { sizeOf } from "../tensor/tensor.js";
import { canonicalJson } from "./canonicalJson.js";
import { cardForm } from "./cardForm.js";
import { blake2b512, sha256 } from "./hashForms.js";
import { MODEL_NAME } from "./names.js";

const number = v.pipe(v.number(), v.finite());
const integer = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(integer, v.minValue(0));
const decimal = v.pipe(v.string(), v.regex(/^\d{1,78}$/, "it is not a decimal number of at most 78 digits"));

/** Integers packed into words: `perWord` of `width` bits each, `offset` subtracted first. */
const packing = v.pipe(
  v.strictObject({
    count,
    width: v.pipe(integer, v.minValue(1), v.maxValue(53)),
    offset: integer,
    perWord: count,
    words: count,
  }),
  v.check(
    ({ count: integers, width, perWord, words }) =>
      perWord === Math.floor(WORD_BITS / width) && words === Math.ceil(integers / perWord),
    "its integers do not fill its words",
  ),
);

/** Elements of all inputs, or of an output, at most: who reads them makes lists of as many. */
const MOST_ELEMENTS = 2 ** 24;

const TOO_LARGE = `it has more than ${MOST_ELEMENTS} elements`;

const shape = v.pipe(
  v.array(count),
  v.check((axes) => sizeOf(axes) <= MOST_ELEMENTS, TOO_LARGE),
);

/** Of an input or an output. Objects keep values by it, and this one is none of their own. */
const tensorName = v.pipe(
  v.string(),
  v.check((text) => text !== "__proto__", "it cannot be a name"),
);

/** One number per element, or one for all. */
const perElement = v.pipe(v.array(number), v.minLength(1));

interface Scaled {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  readonly packing: v.InferOutput<typeof packing>;
}

function isScaled({ scale, offset, packing: { count: elements } }: Scaled): boolean {
  return [scale, offset].every(({ length }) => length === 1 || length === elements);
}

const NOT_SCALED = "it has neither one scale and offset nor one per element";

const input = v.pipe(
  v.strictObject({
    name: tensorName,
    /** Name of the circuit's input signal. */
    signal: v.string(),
    shape,
    /** Which elements of the model's input these are; all of them if it is not there. */
    elements: v.optional(v.array(count)),
    /** q = floor((x - offset) / scale + 1/2); one scale and one offset per element, or one for all. */
    scale: perElement,
    offset: v.optional(perElement, [0]),
    /** The greatest integer; the least is the packing's offset. */
    hi: integer,
    packing,
  }),
  v.check((one) => isScaled(one), NOT_SCALED),
  v.check(({ shape: axes, elements, packing: { count: read } }) => {
    const size = sizeOf(axes);
    return elements === undefined
      ? size === read
      : elements.length === read && elements.every((element) => element < size);
  }, "its packing holds other elements than it names"),
  v.check(
    ({ hi, packing: { offset, width } }) => hi >= offset && hi < offset + 2 ** width,
    "its domain does not fit its packing",
  ),
);

const output = v.pipe(
  v.strictObject({
    name: tensorName,
    shape,
    kind: v.picklist(["values", "argmax"]),
    /** value = q * scale + offset. */
    scale: perElement,
    offset: perElement,
    packing,
  }),
  v.check((one) => isScaled(one), NOT_SCALED),
);

/** What a setup consisted of: with the circuit, enough for anybody to check the key. */
const ceremony = v.strictObject({
  /** sha256 of the `.r1cs`. */
  circuitHash: sha256,
  /** sha256 of the powers-of-tau file; null in a development setup. */
  ptauHash: v.nullable(sha256),
  /** What else tells that file: ceremonies publish a hash of this kind. */
  powersOfTau: v.optional(
    v.strictObject({
      power: v.pipe(integer, v.minValue(1), v.maxValue(28)),
      blake2b512,
    }),
  ),
  /** snarkjs's hash (blake2b, 64 bytes) of each contribution to phase 2, first to last, without the beacon's. */
  contributionHashes: v.array(blake2b512),
  /** The hash of the last contribution, where it was made of public randomness. */
  beacon: v.nullable(blake2b512),
  /** Of a ceremony: the head of its transcript, which all of its lines are in. */
  transcript: v.optional(sha256),
  /** Versions of what made circuit and key. */
  tools: v.record(v.string(), v.string()),
});

const constraints = v.strictObject({ nonlinear: count, linear: count, wires: count });

/** Who could forge proofs; see `SetupKind`. */
const setup = v.picklist(["development", "single-contributor", "ceremony"]);

/** A circuit with a key of its own, and the hashes of its files. */
const keyed = v.strictObject({
  constraints,
  setup,
  ceremony,
  setupHash: sha256,
  hashes: v.record(v.string(), sha256),
});

export type KeyedManifest = v.InferOutput<typeof keyed>;

/** A circuit of several jobs of the model. Its files are in the folder `batch-<jobs>`. */
const batch = v.strictObject({ jobs: v.pipe(integer, v.minValue(2)), ...keyed.entries });

export type BatchManifest = v.InferOutput<typeof batch>;

export const manifestSchema = v.strictObject({
  format: v.literal("torch2circom-manifest-1"),
  /** Names folders, too. */
  name: v.pipe(v.string(), v.regex(MODEL_NAME, "it cannot be the name of a model")),
  /** With private weights, their commitment stands for the hash: a model could be guessed by its file's. */
  model: v.strictObject({ file: v.string(), format: v.picklist(["pt2", "onnx"]), sha256 }),
  inputMode: v.picklist(INPUT_MODES),
  outputMode: v.picklist(SHOWN_OUTPUTS),
  /** The model's domain tag in every input commitment, a number below 2^248 in decimal. */
  domain: decimal,
  /** Of a model with private weights: the public signal that names them, in decimal. */
  weightCommitment: v.optional(decimal),
  inputs: v.pipe(
    v.array(input),
    v.check((all) => {
      // Elements of different domains are inputs of their own under one name.
      const sizes = new Map(all.map((one) => [one.name, sizeOf(one.shape)]));
      return [...sizes.values()].reduce((sum, size) => sum + size, 0) <= MOST_ELEMENTS;
    }, TOO_LARGE),
  ),
  outputs: v.array(output),
  constraints,
  /** Null if no sample was measured. A score is null without labels. */
  accuracy: v.nullable(
    v.strictObject({
      samples: count,
      floatScore: v.nullable(number),
      integerScore: v.nullable(number),
      agreement: number,
    }),
  ),
  setup,
  ceremony,
  setupHash: sha256,
  /** Names for people, as the provider gives them: the hash of the manifest pins them, the model's id does not. */
  card: v.optional(cardForm),
  /** Files of the build by what they are, relative to its folder; and their sha256. */
  files: v.record(v.string(), v.string()),
  hashes: v.record(v.string(), sha256),
  /**
   * The circuits that the model is cut into, the first to the last; their files are in the folders `segment-1`, …. The
   * model then has no circuit and no key of its own: its setup is the first segment's.
   */
  segments: v.optional(v.pipe(v.array(keyed), v.minLength(2))),
  /** Circuits that prove many jobs at once, by their number of jobs, the smallest first. */
  batches: v.optional(
    v.pipe(
      v.array(batch),
      v.minLength(1),
      v.check(
        (all) => all.every(({ jobs }, i) => i === 0 || jobs > all[i - 1].jobs),
        "they are not in order",
      ),
    ),
  ),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

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
  const parsed = v.safeParse(manifestSchema, json, { abortEarly: true });
  if (!parsed.success) throw damaged(describeIssue(parsed.issues[0]));
  const manifest = parsed.output;
  if (
    [manifest, ...(manifest.batches ?? []), ...(manifest.segments ?? [])].some(
      (one) => one.setupHash !== setupHash(one),
    )
  )
    throw damaged("its setup hash is not that of its setup");
  if (manifest.batches !== undefined && manifest.segments !== undefined)
    throw damaged("a model has batches or segments, not both");
  const { model, weightCommitment } = manifest;
  // The registry knows the model's hash: so it pins the weights.
  if (weightCommitment !== undefined && BigInt(weightCommitment) !== BigInt(`0x${model.sha256}`))
    throw damaged("its model is not named by the commitment to its weights");
  return manifest;
}
