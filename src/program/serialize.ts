import { z } from "zod";
import { canonicalJson, type Json } from "../artifacts/canonicalJson.js";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { count, integer, integers } from "./operations/fields.js";
import { OPERATIONS, type Operation } from "./operations/index.js";
import type { Program } from "./types.js";

/** All kinds, each with the fields that its entry lists. */
const [first, ...others] = Object.entries(OPERATIONS).map(([kind, { fields }]) =>
  z.object({ name: z.string(), size: count, kind: z.literal(kind), ...(fields as z.ZodRawShape) }),
);
const operation = z.discriminatedUnion("kind", [first, ...others]) as unknown as z.ZodType<
  Operation,
  z.ZodTypeDef,
  unknown
>;

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
      bits: count,
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

/**
 * The program as canonical JSON: equal programs give equal texts, so that its hash names the model. An infinite bound
 * is null, as JSON makes it.
 */
export function serializeProgram(value: Program): string {
  const operations = value.operations.map((entry) => {
    const fields = Object.entries(entry).map(([name, field]) => [name, isUnbounded(field) ? null : field]);
    return Object.fromEntries(fields) as Json;
  });
  return canonicalJson({ ...value, operations } as unknown as Json);
}

function isUnbounded(field: unknown): boolean {
  return field === Infinity || field === -Infinity;
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
