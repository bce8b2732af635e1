import { axisX, axisY, cell, text } from "@observablehq/plot";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { chart, WIDTH } from "../plot.js";
import { count, plural, score } from "../words.js";

type Counts = readonly (readonly [first: number, second: number, count: number])[];

/** Which classes the integer model chose, by those of the float model. */
export function floatAgainstInteger({ comparison, manifest }: ReportData): Figure | Missing {
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
    names: namesOf(manifest, decisions.classes),
  });
}

/** Which classes the integer model chose, by the labels; nothing without labels. */
export function labelAgainstInteger({ comparison, manifest }: ReportData): Figure | undefined {
  const { classes = 0, byLabel } = comparison?.decisions ?? {};
  if (byLabel === undefined) return undefined;
  const all = sumOf(byLabel);
  const wrong = sumOf(byLabel.filter(([a, b]) => a !== b));
  const names = namesOf(manifest, classes);
  const worst = byLabel.filter(([a, b]) => a !== b).sort((a, b) => b[2] - a[2])[0];
  return matrix(classes, byLabel, {
    finding:
      wrong === 0
        ? `Every one of ${plural(all, "label")} is met`
        : `${score(1 - wrong / all)} of ${plural(all, "label")} are met${describeWorst(worst, names)}`,
    label: "Labels against decisions of the integer model",
    row: "label",
    names,
  });
}

/** What is confused most, unless each confusion is as rare. */
function describeWorst([label, chosen, times]: Counts[number], names: Names): string {
  return times === 1
    ? ""
    : `; class ${called(label, names)} is taken for ${called(chosen, names)} most often, ${times} times`;
}

type Names = readonly string[] | undefined;

/** What the card of the model calls the classes of its first output, of which decisions are. */
function namesOf({ outputs, card }: ReportData["manifest"], classes: number): Names {
  const [{ name }] = outputs;
  const own = card?.outputs !== undefined && Object.hasOwn(card.outputs, name) ? card.outputs[name] : {};
  return own.classes?.length === classes ? own.classes : undefined;
}

/** "3" or "3: setosa". */
function called(number: number, names: Names): string {
  return names === undefined ? String(number) : `${number}: ${names[number]}`;
}

function sumOf(counts: Counts): number {
  return counts.reduce((sum, [, , times]) => sum + times, 0);
}

interface Words extends Pick<Figure, "finding" | "label"> {
  readonly row: string;
  readonly names: Names;
}

const WIDEST_CELL = 44;
const ROOM = 64;

/** Each label has its side to itself: at the corner, they would lie upon each other. */
const AXIS = { labelAnchor: "center", labelArrow: "none", labelOffset: 46, tickSize: 0 } as const;

function matrix(classes: number, counts: Counts, { finding, label, row, names }: Words): Figure {
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
      rows: counts.map(([first, second, times]) => [
        called(first, names),
        called(second, names),
        count(times),
      ]),
    },
  };
}
