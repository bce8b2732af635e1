import { int32sOf } from "../int32.js";

/** What remains of an operation when only some elements of its result are read. */
export interface Slice<O> {
  /** The elements that remain, ascending: those that are read, and those that cannot be left out beside them. */
  readonly kept: Int32Array;
  /** For each operand, the elements that the rest reads, ascending. */
  readonly reads: readonly Int32Array[];
  /**
   * Fields that change, other than the size and the operands.
   * @param moved for an operation that reads by an index: where each element of its concatenated operands is now; -1 is
   * nowhere
   */
  fields?(moved: Int32Array): Partial<O>;
}

/** Of an operation on elements one by one: the same elements of all its operands. */
export function elementwise<O>(wanted: Uint8Array, operands: number): Slice<O> {
  const kept = marked(wanted);
  return { kept, reads: new Array<Int32Array>(operands).fill(kept) };
}

/** The places of the marks, ascending. */
export function marked(marks: Uint8Array): Int32Array {
  const places = new Int32Array(marks.reduce((sum, mark) => sum + mark, 0));
  let next = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) places[next++] = i;
  return places;
}

/** The runs of `width` consecutive elements that have a mark, ascending. */
export function markedRuns(marks: Uint8Array, width: number): Int32Array {
  const runs = new Uint8Array(marks.length / width);
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) runs[Math.floor(i / width)] = 1;
  return marked(runs);
}

/** The places within runs of `width` consecutive elements that any run has a mark at, ascending. */
export function markedColumns(marks: Uint8Array, width: number): Int32Array {
  const columns = new Uint8Array(width);
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) columns[i % width] = 1;
  return marked(columns);
}

/** Elements at all `columns` of all `rows`, where a row is `width` elements. */
export function grid(rows: Int32Array, columns: Int32Array, width: number): Int32Array {
  const elements = new Int32Array(rows.length * columns.length);
  let next = 0;
  for (const row of rows) for (const column of columns) elements[next++] = row * width + column;
  return elements;
}

/** Rows of `width` elements, whole. */
export function wholeRows(rows: Int32Array, width: number): Int32Array {
  return grid(rows, upTo(width), width);
}

/** 0, 1, …, count - 1. */
export function upTo(count: number): Int32Array {
  return int32sOf(count, (i) => i);
}

/** The elements of a list at some places. */
export function at<List extends Int32Array | Float64Array>(list: List, places: Int32Array): List {
  const picked = list.slice(0, places.length) as List;
  for (let i = 0; i < places.length; i++) picked[i] = list[places[i]];
  return picked;
}

/** An index whose entries have moved. */
export function reindexed(index: Int32Array, moved: Int32Array): Int32Array {
  return index.map((i) => (i < 0 ? -1 : moved[i]));
}

/** The elements of each operand that entries of an index into all of them read; -1 reads none. */
export function readThrough(index: Int32Array, sizes: readonly number[]): Int32Array[] {
  const marks = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  for (const i of index) if (i >= 0) marks[i] = 1;
  let start = 0;
  return sizes.map((size) => marked(marks.subarray(start, (start += size))));
}
