import { z } from "zod";
import { canonicalJson, type Json } from "../artifacts/hash.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { Program } from "./types.js";
import { int32s } from "./int32.js";

const integer = z.number().int();
const integers = z.array(integer);
const int32Array = z
  .array(integer.min(-(2 ** 31)).max(2 ** 31 - 1))
  .transform((values) => int32s(values, "a number"));
/** JSON has no infinity: null stands for a bound that is not there. */
const bound = (none: number) => integer.nullable().transform((value) => value ?? none);
const base = { name: z.string(), size: integer.positive() };

const operation = z.discriminatedUnion("kind", [
  z.object({ ...base, kind: z.literal("input"), lo: integer, hi: integer }),
  z.object({
    ...base,
    kind: z.literal("linear"),
    inputs: integers,
    channels: integer.positive(),
    positions: integer.positive(),
    taps: integer.positive(),
    groups: integer.positive(),
    weights: int32Array,
    index: int32Array,
    bias: integers.transform((values) => Float64Array.from(values)),
    secret: z.literal(true).optional(),
  }),
  z.object({ ...base, kind: z.literal("view"), inputs: integers, index: int32Array }),
  z.object({
    ...base,
    kind: z.literal("requantize"),
    input: integer,
    blocks: integer.positive(),
    shift: int32Array,
    min: bound(-Infinity),
    max: bound(Infinity),
  }),
  z.object({
    ...base,
    kind: z.literal("max"),
    input: integer,
    window: integer.positive(),
    index: int32Array,
  }),
  z.object({
    ...base,
    kind: z.literal("activate"),
    input: integer,
    form: z.enum(["table", "even", "below", "odd"]),
    shift: integer.nonnegative(),
    lo: integer,
    base: integer,
    table: int32Array,
  }),
  z.object({ ...base, kind: z.literal("argmax"), input: integer, classes: integer.positive() }),
  z.object({
    ...base,
    kind: z.literal("topk"),
    input: integer,
    row: integer.positive(),
    k: integer.positive(),
  }),
  z.object({ ...base, kind: z.literal("product"), inputs: z.tuple([integer, integer]) }),
  z.object({ ...base, kind: z.literal("reciprocal"), input: integer, numerator: integer.positive() }),
  z.object({
    ...base,
    kind: z.literal("matmul"),
    inputs: z.tuple([integer, integer]),
    batch: integer.positive(),
    rows: integer.positive(),
    inner: integer.positive(),
    columns: integer.positive(),
    shift: integer.nonnegative(),
    causal: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal("lookup"),
    input: integer,
    width: integer.positive(),
    table: int32Array,
  }),
  z.object({
    ...base,
    kind: z.literal("softmax"),
    input: integer,
    rows: int32Array,
    table: int32Array,
    numerator: integer.positive(),
    fraction: integer.positive(),
  }),
  z.object({
    ...base,
    kind: z.literal("normalize"),
    input: integer,
    row: integer.positive(),
    centered: z.boolean(),
    meanBits: integer.nonnegative(),
    epsilon: integer.positive(),
    rootBits: integer.positive(),
    drop: integer.positive(),
  }),
]);

const program = z.object({
  source: z.string(),
  operations: z.array(operation),
  inputs: z.array(
    z.object({
      name: z.string(),
      tensor: integer,
      shape: integers,
      elements: integers.optional(),
      scale: z.array(z.number()),
      offset: z.array(z.number()).default([0]),
      bits: integer.positive(),
    }),
  ),
  outputs: z.array(
    z.object({
      name: z.string(),
      tensor: integer,
      shape: integers,
      kind: z.enum(["values", "argmax"]),
      scale: z.array(z.number()),
      offset: z.array(z.number()),
    }),
  ),
});

/** The program as canonical JSON: equal programs give equal texts, so that its hash names the model. */
export function serializeProgram(value: Program): string {
  const plain = (key: string, entry: unknown): unknown => {
    if (entry instanceof Int32Array || entry instanceof Float64Array) return Array.from(entry);
    if (key === "min" || key === "max") return Number.isFinite(entry) ? entry : null;
    return entry;
  };
  return canonicalJson(JSON.parse(JSON.stringify(value, plain)) as Json);
}

/** @throws Torch2CircomError where the text is not a program */
export function parseProgram(text: string, path: string): Program {
  try {
    return program.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? error.issues[0].path.join(".") : "not JSON";
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `${path} does not hold a program (${detail})`,
      "Build the model again.",
    );
  }
}
