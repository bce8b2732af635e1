import { bitLength } from "../../program/arithmetic.js";
import type { Bounds, Intervals } from "../../program/operations/bounds.js";
import type { TensorId } from "../../program/operations/definition.js";
import { marked } from "../../program/operations/slice.js";
import { WORD_BITS } from "../domain.js";
import type { Packing } from "../types.js";
import type { Reader } from "./readers.js";

/** The greatest width that PackChecked takes. */
const MOST_CHECKED_BITS = 32;

/** A tensor that crosses from one segment to later ones, packed for its commitment. */
export interface EdgeTensor extends Packing {
  readonly tensor: TensorId;
  /** Those of its elements that later segments read, ascending. */
  readonly elements: Int32Array;
  /** The segment that makes it, and the last that reads it. */
  readonly from: number;
  readonly to: number;
  /** By segment that reads it: whether its readers there hold each element to the slot that it has in a word. */
  readonly heldIn: ReadonlyMap<number, boolean>;
}

/** The least position of a segment's end that is not before a tensor: the number of the tensor's segment. */
export function segmentAt(cuts: readonly TensorId[], tensor: TensorId): number {
  let segment = 0;
  while (segment < cuts.length && tensor > cuts[segment]) segment++;
  return segment;
}

/**
 * The tensors that cross the cuts of a circuit. A tensor has one packing in all segments, so that a segment that only hands
 * it on needs its words alone.
 *
 * @param cuts the last tensor of each segment but the last, ascending
 * @returns undefined where a tensor has no packing: its integers are too wide to be held to a slot
 */
export function edgeTensors(
  readers: readonly Reader[],
  intervals: readonly Intervals[],
  cuts: readonly TensorId[],
): EdgeTensor[] | undefined {
  const late = new Map<TensorId, Reader[]>();
  for (const reader of readers) {
    const from = segmentAt(cuts, reader.of);
    if (segmentAt(cuts, reader.at) > from) late.set(reader.of, [...(late.get(reader.of) ?? []), reader]);
  }
  const edges: EdgeTensor[] = [];
  for (const [tensor, own] of [...late].sort(([a], [b]) => a - b)) {
    const edge = edgeTensor(tensor, own, intervals[tensor], cuts);
    if (edge === undefined) return undefined;
    edges.push(edge);
  }
  return edges;
}

function edgeTensor(
  tensor: TensorId,
  readers: readonly Reader[],
  intervals: Intervals,
  cuts: readonly TensorId[],
): EdgeTensor | undefined {
  const elements = elementsOf(readers, intervals.lo.length);
  const bySegment = new Map<number, Reader[]>();
  for (const reader of readers) {
    const segment = segmentAt(cuts, reader.at);
    bySegment.set(segment, [...(bySegment.get(segment) ?? []), reader]);
  }
  const values = boundsOf(intervals, elements);
  const segments = [...bySegment.keys()];
  const common = { tensor, elements, from: segmentAt(cuts, tensor), to: Math.max(...segments) };
  const packings = [
    // Slots as wide as what readers hold elements to; and slots just for the values, each of them checked.
    slotsFor(
      values,
      [...bySegment].map(([segment, own]) => [segment, heldBounds(own, elements)] as const),
    ),
    slotsFor(
      values,
      segments.map((segment) => [segment, undefined] as const),
    ),
  ];
  const possible = packings
    .filter(({ width, heldIn }) => width <= MOST_CHECKED_BITS || [...heldIn.values()].every((held) => held))
    .map((slots) => ({ ...common, ...packed(elements.length, slots), heldIn: slots.heldIn }));
  return possible.sort((a, b) => edgeRows(a) - edgeRows(b)).at(0);
}

interface Slots {
  readonly offset: number;
  readonly width: number;
  readonly heldIn: ReadonlyMap<number, boolean>;
}

/** Slots that hold the values, and all that the segments' readers hold elements to, where these do. */
function slotsFor(values: Bounds, held: readonly (readonly [number, Bounds | undefined])[]): Slots {
  const all = [values, ...held.flatMap(([, bounds]) => bounds ?? [])];
  const offset = Math.min(...all.map(({ lo }) => lo));
  const width = Math.max(1, bitLength(Math.max(...all.map(({ hi }) => hi)) - offset));
  return { offset, width, heldIn: new Map(held.map(([segment, bounds]) => [segment, bounds !== undefined])) };
}

function packed(count: number, { offset, width }: Slots): Packing {
  const perWord = Math.floor(WORD_BITS / width);
  return { count, width, offset, perWord, words: Math.ceil(count / perWord) };
}

/** What the readers of a segment hold all elements to; undefined where one is not held. */
function heldBounds(readers: readonly Reader[], elements: Int32Array): Bounds | undefined {
  const holding = readers.filter(({ holds }) => holds !== undefined);
  // All of a word's slots count: an element that nobody reads here could make up for one that somebody does.
  const size = elements[elements.length - 1] + 1;
  if (elementsOf(holding, size).length < elements.length) return undefined;
  return {
    lo: Math.min(...holding.map(({ holds }) => holds!.lo)),
    hi: Math.max(...holding.map(({ holds }) => holds!.hi)),
  };
}

/** The elements that any of some readers of a tensor reads, ascending. */
function elementsOf(readers: readonly Reader[], size: number): Int32Array {
  const marks = new Uint8Array(size);
  for (const { elements } of readers) for (const element of elements) marks[element] = 1;
  return marked(marks);
}

function boundsOf({ lo, hi }: Intervals, elements: Int32Array): Bounds {
  let [least, most] = [Infinity, -Infinity];
  for (const element of elements) {
    least = Math.min(least, lo[element]);
    most = Math.max(most, hi[element]);
  }
  return { lo: least, hi: most };
}

/** Rows of a word in a hash, about. */
const ROWS_PER_WORD = 41;

/** What an edge tensor costs in all segments together, about. */
function edgeRows({ words, width, count, heldIn, from, to }: EdgeTensor): number {
  const checked = [...heldIn.values()].filter((held) => !held).length;
  return ROWS_PER_WORD * words * 2 * (to - from) + checked * count * width;
}
