import { axisX, axisY, cell, text } from "@observablehq/plot";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { chart, WIDTH } from "../plot.js";
import { count, plural, score } from "../words.js";

type Counts = readonly (readonly [first: number, second: number, count: number])[];

/** Which classes the integer model chose, by those of the float model. */
export function floatAgainstInteger({ comparison }: ReportData): Figure | Missing {
  const decisions = comparison?.decisions;
  if (decisions === undefined)
    return { why: "The outputs are no decisions between a few classes, or the build did not compare them." };
  const differ = sumOf(decisions.byFloat.filter(([a, b]) => a !== b));
  const all = sumOf(decisions.byFloat);
  return matrix(decisions.classes, decisions.byFloat, {
    finding:
      differ === 0
        ? `The integer model decides all ${plural(all, "sample")} like the float model`
        : `The integer model decides ${count(differ)} of ${plural(all, "sample")} unlike the float model`,
    label: "Decisions of the float model against those of the integer model",
    row: "float model",
  });
}

/** Which classes the integer model chose, by the labels; nothing without labels. */
export function labelAgainstInteger({ comparison }: ReportData): Figure | undefined {
  const { classes = 0, byLabel } = comparison?.decisions ?? {};
  if (byLabel === undefined) return undefined;
  const all = sumOf(byLabel);
  const wrong = sumOf(byLabel.filter(([a, b]) => a !== b));
  const worst = byLabel.filter(([a, b]) => a !== b).sort((a, b) => b[2] - a[2])[0];
  return matrix(classes, byLabel, {
    finding:
      wrong === 0
        ? `Every one of ${plural(all, "label")} is met`
        : `${score(1 - wrong / all)} of ${plural(all, "label")} are met${describeWorst(worst)}`,
    label: "Labels against decisions of the integer model",
    row: "label",
  });
}

/** What is confused most, unless each confusion is as rare. */
function describeWorst([label, chosen, times]: Counts[number]): string {
  return times === 1 ? "" : `; class ${label} is taken for ${chosen} most often, ${times} times`;
}

function sumOf(counts: Counts): number {
  return counts.reduce((sum, [, , times]) => sum + times, 0);
}

interface Words extends Pick<Figure, "finding" | "label"> {
  readonly row: string;
}

const WIDEST_CELL = 44;
const ROOM = 64;

/** Each label has its side to itself: at the corner, they would lie upon each other. */
const AXIS = { labelAnchor: "center", labelArrow: "none", labelOffset: 46, tickSize: 0 } as const;

function matrix(classes: number, counts: Counts, { finding, label, row }: Words): Figure {
  const size = Math.min(WIDEST_CELL, (WIDTH - ROOM) / classes);
  const data = counts.map(([first, second, times]) => ({ first, second, times, off: first !== second }));
  const most = Math.max(...data.map(({ times }) => times));
  const domain = Array.from({ length: classes }, (_, i) => i);
  const ticks = domain.filter((i) => classes <= 20 || i % 5 === 0);
  // Faint enough for the numbers upon it, in both colors of the page.
  const opacity = ({ times }: { times: number }) => 0.08 + 0.37 * (times / most);
  return {
    ...{ finding, label },
    note: `Rows: class by the ${row}. Columns: class by the integer model. Outlined: where they differ.`,
    drawing: chart(label, {
      width: ROOM + size * classes + 4,
      height: ROOM + size * classes + 4,
      ...{ marginLeft: ROOM, marginTop: ROOM, marginRight: 4, marginBottom: 4 },
      x: { type: "band", domain, padding: 0.06 },
      y: { type: "band", domain, padding: 0.06 },
      marks: [
        axisX(ticks, { anchor: "top", label: "integer model", ...AXIS }),
        axisY(ticks, { label: row, ...AXIS }),
        cell(data, { x: "second", y: "first", fill: "var(--mark)", fillOpacity: opacity, rx: 3 }),
        cell(
          data.filter(({ off }) => off),
          { x: "second", y: "first", fill: "none", stroke: "var(--second)", strokeWidth: 2, rx: 3 },
        ),
        ...(size < 16
          ? []
          : [text(data, { x: "second", y: "first", text: ({ times }: { times: number }) => count(times) })]),
      ],
    }),
    table: {
      columns: [row, "integer model", "times"],
      rows: counts.map((one) => one.map(count)),
    },
  };
}
