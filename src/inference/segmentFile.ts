import { z } from "zod";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import type { EdgeTensor } from "../netlist/segments/edges.js";
import type { Edge, Segment } from "../netlist/segments/segment.js";

/** What a proof of a segment needs to know of it: `segment.json`. */
export type SegmentForm = Pick<Segment, "number" | "opened" | "committed">;

const integer = z.number().int();
const natural = integer.nonnegative();

const tensor = z.object({
  tensor: natural,
  elements: z.array(natural).transform((elements) => Int32Array.from(elements)),
  from: natural,
  to: natural,
  heldIn: z.array(z.tuple([natural, z.boolean()])).transform((held) => new Map(held)),
  count: natural,
  width: natural,
  offset: integer,
  perWord: natural,
  words: natural,
});

const edge = z.object({ domain: z.string().regex(/^\d{1,78}$/), tensors: z.array(tensor) });

const form: z.ZodType<SegmentForm, z.ZodTypeDef, unknown> = z.object({
  number: natural,
  opened: edge.optional(),
  committed: edge.optional(),
});

export function segmentText({ number, opened, committed }: SegmentForm): string {
  return `${JSON.stringify({ number, opened: opened && plainEdge(opened), committed: committed && plainEdge(committed) })}\n`;
}

/** @throws Torch2CircomError where the text is none */
export function parseSegment(text: string, place: string): SegmentForm {
  try {
    return form.parse(JSON.parse(text));
  } catch (error) {
    throw new Torch2CircomError(
      "BUILD_DAMAGED",
      `${place} does not describe a segment`,
      "Build the model again.",
      error as Error,
    );
  }
}

function plainEdge({ domain, tensors }: Edge): object {
  return { domain, tensors: tensors.map(plainTensor) };
}

function plainTensor({ elements, heldIn, ...rest }: EdgeTensor): object {
  return { ...rest, elements: Array.from(elements), heldIn: [...heldIn] };
}
