import { bitLength } from "../../program/arithmetic.js";
import { checkedIntervals } from "../../program/intervals.js";
import type { TensorId } from "../../program/operations/definition.js";
import type { Program } from "../../program/types.js";
import { isWiring, type Netlist, type Part } from "../types.js";
import { bindingPart, inputParts, outputParts } from "../cost.js";
import { edgeTensors, type EdgeTensor } from "./edges.js";
import { readersOf } from "./readers.js";
import { segmentsOf, type Segment } from "./segment.js";

/** Into so many segments, or into as few as have at most so many rows each. */
export type Cutting = { readonly segments: number } | { readonly rows: number };

/** A circuit that can be cut into segments. */
export class Cuttable {
  private readonly intervals;
  private readonly readers;
  /** Where a cut can be: behind each component; and last, the end. */
  private readonly positions: readonly TensorId[];
  /** Rows of the components up to each position, those of all before included. */
  private readonly before: readonly number[];
  /** Rows of a cut behind each position, on either side; undefined where nothing can be cut. */
  private readonly sides: readonly (Sides | undefined)[];
  private readonly head: number;
  private readonly tail: number;

  constructor(
    private readonly program: Program,
    private readonly netlist: Netlist,
  ) {
    this.intervals = checkedIntervals(program);
    this.readers = readersOf(program, netlist);
    const components = netlist.steps.flatMap((step) => (isWiring(step) ? [] : [step]));
    this.positions = components.map(({ output }) => output);
    let sum = 0;
    this.before = components.map(({ cost }) => (sum += cost.nonlinear + cost.linear));
    this.sides = this.positions.map((position) => this.sidesOf(position));
    this.head = rowsOf([bindingPart(), ...inputParts(program, netlist)]);
    this.tail = rowsOf(outputParts(program, netlist));
  }

  /** The segments between given cuts. @returns undefined where something cannot be cut there */
  at(cuts: readonly TensorId[]): Segment[] | undefined {
    if (!cuts.every((cut) => this.sides[this.positions.indexOf(cut)] !== undefined)) return undefined;
    const crossing = edgeTensors(this.readers, this.intervals, cuts);
    return crossing && segmentsOf(this.program, this.netlist, cuts, crossing);
  }

  /**
   * The cuts by which the greatest segment takes the least proving time, and of these the fewest rows in all.
   *
   * @returns undefined where there are not so many places to cut, or not so small segments
   */
  cut(cutting: Cutting): Segment[] | undefined {
    if ("segments" in cutting) return this.into(cutting.segments);
    for (let count = 1; count <= MOST_SEGMENTS; count++) {
      const segments = this.into(count, cutting.rows);
      if (segments?.every(({ provingDomain }) => provingDomain.rows <= cutting.rows)) return segments;
    }
    return undefined;
  }

  private into(count: number, cap?: number): Segment[] | undefined {
    const greatest = cap ?? this.leastGreatest(count);
    if (greatest === undefined) return undefined;
    // A domain is filled anyway: of all cuts with it, those with the fewest rows.
    const cuts = this.best(count, cap ?? Math.max(greatest, 2 ** bitLength(greatest + MARGIN) - MARGIN));
    return cuts && this.at(cuts.slice(0, -1));
  }

  /** The least that the greatest of so many segments can have. */
  private leastGreatest(count: number): number | undefined {
    // Small circuits have segments greater than the whole.
    const finite = this.sides.flatMap((sides) =>
      sides === undefined ? [] : [sides.opened + sides.committed],
    );
    let [low, high] = [0, this.rows(-1, this.positions.length - 1) + Math.max(0, ...finite)];
    if (this.best(count, high) === undefined) return undefined;
    while (high - low > Math.max(1, high / 200)) {
      const middle = Math.floor((low + high) / 2);
      if (this.best(count, middle) === undefined) low = middle;
      else high = middle;
    }
    return high;
  }

  /** Ends of so many segments of at most so many rows, with the fewest rows in all: by dynamic programming. */
  private best(count: number, cap: number): readonly TensorId[] | undefined {
    const last = this.positions.length - 1;
    let reached = new Map<number, { readonly rows: number; readonly ends: readonly number[] }>([
      [-1, { rows: 0, ends: [] }],
    ]);
    for (let segment = 1; segment <= count; segment++) {
      const next: typeof reached = new Map();
      for (const [from, state] of reached)
        for (let to = segment === count ? last : from + 1; to <= last; to++) {
          if ((segment < count && to === last) || to <= from) continue;
          const own = this.rows(from, to);
          // Rows only grow from here on, but for what crosses.
          if (own === undefined || own > cap) continue;
          const rows = state.rows + own;
          if (rows < (next.get(to)?.rows ?? Infinity)) next.set(to, { rows, ends: [...state.ends, to] });
        }
      reached = next;
    }
    return reached.get(last)?.ends.map((end) => this.positions[end]);
  }

  /** Rows of the segment of the components from + 1, …, to, about; infinite where it cannot be cut so. */
  private rows(from: number, to: number): number {
    const last = this.positions.length - 1;
    const opened = from < 0 ? this.head : (this.sides[from]?.opened ?? Infinity);
    const committed = to === last ? this.tail : (this.sides[to]?.committed ?? Infinity);
    return this.before[to] - (from < 0 ? 0 : this.before[from]) + opened + committed;
  }

  /** What a single cut takes on either side. */
  private sidesOf(position: TensorId): Sides | undefined {
    // The segment of the outputs has no commitment that says which salt their masks are of.
    if (this.netlist.outputMode === "encrypted") return undefined;
    const { inputs } = this.program;
    if (inputs.some(({ tensor }) => tensor > position) || position === this.positions.at(-1))
      return undefined;
    const crossing = edgeTensors(this.readers, this.intervals, [position]);
    if (crossing === undefined || crossing.length === 0) return undefined;
    const words = crossing.reduce((sum, tensor) => sum + tensor.words, 0);
    const hash = ROWS_PER_WORD * (words + 2) + words;
    const checked = (tensor: EdgeTensor) => (tensor.heldIn.get(1) === true ? 0 : tensor.count * tensor.width);
    return { opened: hash + crossing.reduce((sum, tensor) => sum + checked(tensor), 0), committed: hash };
  }
}

function rowsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { cost: { nonlinear, linear } }) => sum + nonlinear + linear, 0);
}

interface Sides {
  readonly opened: number;
  readonly committed: number;
}

/** Rows of a word in a hash, about. */
const ROWS_PER_WORD = 41;

/** Rows of a domain that public signals take, and by which an estimate may be off. */
const MARGIN = 64;

/** More segments than this take more gas than anybody pays. */
const MOST_SEGMENTS = 64;
