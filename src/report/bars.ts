import { barX, ruleX, text } from "@observablehq/plot";
import type { Html } from "./html.js";
import { chart, WIDTH } from "./plot.js";
import { LONGEST_LABEL, shown } from "./words.js";

/** A bar: its first part is filled, its second one only has an outline. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly second?: number;
  /** What stands at its end. */
  readonly text: string;
}

/** Rows that a chart shows. */
export const MOST_BARS = 24;

const HEIGHT_OF_BAR = 26;
const ROOM_FOR_NAMES = 200;
const ROOM_FOR_TEXT = 120;

/** Horizontal bars with their names before them and their numbers behind, so that color says nothing alone. */
export function bars(label: string, rows: readonly Bar[], axis: string): Html {
  const most = Math.max(...rows.map(({ value, second = 0 }) => value + second));
  const data = rows.map((row, y) => ({ ...row, y, end: row.value + (row.second ?? 0) }));
  return chart(label, {
    height: rows.length * HEIGHT_OF_BAR + 44,
    marginLeft: ROOM_FOR_NAMES,
    marginRight: ROOM_FOR_TEXT,
    marginTop: 4,
    marginBottom: 40,
    x: {
      label: axis,
      domain: [0, most || 1],
      ticks: Math.floor((WIDTH - ROOM_FOR_NAMES - ROOM_FOR_TEXT) / 90),
      nice: true,
    },
    y: {
      label: null,
      type: "band",
      domain: data.map(({ y }) => y),
      padding: 0.25,
      tickSize: 0,
      tickFormat: (y: number) => shown(rows[y].name, LONGEST_LABEL),
    },
    marks: [
      barX(data, { x1: 0, x2: "value", y: "y", fill: "var(--mark)" }),
      barX(
        data.filter(({ second = 0 }) => second > 0),
        {
          x1: "value",
          x2: "end",
          y: "y",
          fill: "none",
          stroke: "var(--mark)",
          insetRight: 0.5,
          insetLeft: 0.5,
        },
      ),
      text(data, { x: "end", y: "y", text: "text", textAnchor: "start", dx: 6 }),
      ruleX([0], { stroke: "var(--soft)" }),
    ],
  });
}

/** The greatest rows in the order that they have, and how many are left out. */
export function greatestRows<Row>(
  rows: readonly Row[],
  size: (row: Row) => number,
): { readonly chosen: readonly Row[]; readonly left: number } {
  const kept = new Set([...rows].sort((a, b) => size(b) - size(a)).slice(0, MOST_BARS));
  return { chosen: rows.filter((row) => kept.has(row)), left: rows.length - kept.size };
}

/** "The 24 greatest of 300 are drawn.", or nothing where all are. */
export function leftOut(left: number): string {
  return left === 0 ? "" : ` The ${MOST_BARS} greatest of ${left + MOST_BARS} are drawn.`;
}
