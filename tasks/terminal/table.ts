import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { styled } from "./style.js";

/** Columns of a terminal that every table fits. */
const WIDTH = 80;

const GAP = "  ";

/** Columns that a cell which is broken into lines keeps, at least. */
const LEAST = 12;

export interface TableOptions {
  /** Titles of the columns; none are shown without them. */
  readonly titles?: readonly string[];
  /** Columns that are aligned at their right ends, such as numbers, 0 for the first. */
  readonly right?: readonly number[];
  /** Spaces before each line. @default 0 */
  readonly indent?: number;
}

/**
 * Lines of a table of at most 80 columns. Where it would be wider, cells of the last column are broken into lines, and nothing
 * is left out.
 *
 * @param rows cells of each row, which may be colored; as many as there are titles
 */
export function table(
  rows: readonly (readonly string[])[],
  { titles, right = [], indent = 0 }: TableOptions = {},
): string[] {
  const all = titles === undefined ? rows : [titles.map((title) => styled("heading", title)), ...rows];
  const last = Math.max(0, ...all.map(({ length }) => length - 1));
  const widths = Array.from({ length: last + 1 }, (_, column) =>
    Math.max(0, ...all.map((row) => stringWidth(row[column] ?? ""))),
  );
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, indent);
  widths[last] = Math.min(widths[last], Math.max(LEAST, WIDTH - before));
  const pad = (text: string, column: number) => {
    const space = " ".repeat(Math.max(0, widths[column] - stringWidth(text)));
    return right.includes(column) ? space + text : text + space;
  };
  return all.flatMap((row) =>
    broken(row[last] ?? "", widths[last]).map((part, i) => {
      const cells = row.slice(0, last).map((cell, column) => pad(i === 0 ? cell : "", column));
      return (" ".repeat(indent) + [...cells, pad(part, last)].join(GAP)).trimEnd();
    }),
  );
}

/** A text in lines: at spaces, and within words that are longer than a line. */
function broken(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split("\n");
}
