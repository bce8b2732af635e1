import { z } from "zod";
import { Unreadable } from "./findings.js";

const integer = z.number().int().safe();
const count = integer.positive();
/** Tested by one function: a schema per number would take minutes for weights. */
const integers = z.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
  "expected a list of integers below 2^53",
);
/** null: there is no such bound. */
const bound = integer.nullable();
const common = { name: z.string(), size: count };

const operation = z.discriminatedUnion("kind", [
  z.object({ ...common, kind: z.literal("input"), lo: integer, hi: integer }),
  z.object({
    ...common,
    kind: z.literal("linear"),
    inputs: integers,
    channels: count,
    positions: count,
    taps: count,
    groups: count,
    weights: integers,
    index: integers,
    bias: integers,
    secret: z.literal(true).optional(),
  }),
  z.object({ ...common, kind: z.literal("view"), inputs: integers, index: integers }),
  z.object({
    ...common,
    kind: z.literal("requantize"),
    input: integer,
    blocks: count,
    shift: integers,
    lo: bound,
    hi: bound,
  }),
  z.object({ ...common, kind: z.literal("max"), input: integer, window: count, index: integers }),
  z.object({
    ...common,
    kind: z.literal("activate"),
    input: integer,
    form: z.enum(["table", "even", "below", "odd"]),
    shift: integer.nonnegative(),
    lo: integer,
    base: integer,
    table: integers,
  }),
  z.object({ ...common, kind: z.literal("argmax"), input: integer, classes: count }),
  z.object({ ...common, kind: z.literal("topk"), input: integer, row: count, k: count }),
  z.object({ ...common, kind: z.literal("product"), inputs: z.tuple([integer, integer]) }),
  z.object({ ...common, kind: z.literal("reciprocal"), input: integer, numerator: count }),
  z.object({
    ...common,
    kind: z.literal("matmul"),
    inputs: z.tuple([integer, integer]),
    batch: count,
    rows: count,
    inner: count,
    columns: count,
    shift: integer.nonnegative(),
    causal: z.boolean(),
  }),
  z.object({ ...common, kind: z.literal("lookup"), input: integer, width: count, table: integers }),
  z.object({
    ...common,
    kind: z.literal("softmax"),
    input: integer,
    rows: integers,
    table: integers,
    numerator: count,
    fraction: count,
  }),
  z.object({
    ...common,
    kind: z.literal("normalize"),
    input: integer,
    row: count,
    centered: z.boolean(),
    meanBits: integer.nonnegative(),
    epsilon: count,
    rootBits: count,
    drop: count,
  }),
]);

const program = z.object({
  source: z.string().regex(/^[0-9a-f]{62,}$/),
  operations: z.array(operation),
  inputs: z.array(z.object({ tensor: integer })),
  outputs: z.array(z.object({ tensor: integer })),
});

/** An operation of `program.json`, as this room reads it: see the executor for what each means. */
export type Operation = z.infer<typeof operation>;
export type Kind = Operation["kind"];
export type OperationOf<K extends Kind> = Extract<Operation, { kind: K }>;
export type Program = z.infer<typeof program>;

/** @throws Unreadable where the text is not a program */
export function readProgram(text: string): Program {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Unreadable("it is not JSON");
  }
  const parsed = program.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Unreadable(`${issue.path.join(".")}: ${issue.message}`);
}

/** The tensors that an operation reads. */
export function operandsOf(read: Operation): readonly number[] {
  if (read.kind === "input") return [];
  return "inputs" in read ? read.inputs : [read.input];
}
