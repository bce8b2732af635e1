import { bars, greatestRows, leftOut } from "../bars.js";
import type { ReportData } from "../data.js";
import type { Figure } from "../figure.js";
import { count, percent, plural, shown } from "../words.js";

interface Row {
  readonly name: string;
  readonly gadget: string;
  readonly nonlinear: number;
  readonly linear: number;
}

/** Where the constraints go: layer by layer, with what the circuit has beside them. */
export function constraintsByLayer({ report }: ReportData): Figure {
  const rows: Row[] = [
    ...report.parts.map(({ part, ...rest }) => ({ name: part, ...rest })),
    ...report.layers.map(({ layer, ...rest }) => ({ name: layer, ...rest })),
  ];
  return figureOf(rows, {
    what: ["layer or part", "layers and parts"],
    label: "Constraints of each layer and part",
    columns: ["layer or part", "gadget", "non-linear", "linear", "share"],
    cells: ({ name, gadget }) => [shown(name), shown(gadget)],
  });
}

/** The same by the kind of circuit that they are in. */
export function constraintsByGadget({ report }: ReportData): Figure {
  const kinds = new Map<string, Row & { readonly instances: number }>();
  for (const { gadget, nonlinear, linear } of [...report.parts, ...report.layers]) {
    const sum = kinds.get(gadget) ?? { name: gadget, gadget, nonlinear: 0, linear: 0, instances: 0 };
    kinds.set(gadget, {
      ...sum,
      nonlinear: sum.nonlinear + nonlinear,
      linear: sum.linear + linear,
      instances: sum.instances + 1,
    });
  }
  const rows = [...kinds.values()].sort((a, b) => total(b) - total(a));
  return figureOf(rows, {
    what: ["gadget", "gadgets"],
    label: "Constraints of each gadget",
    columns: ["gadget", "instances", "non-linear", "linear", "share"],
    cells: ({ name, instances }) => [shown(name), count(instances)],
  });
}

interface Shown<One> {
  readonly what: readonly [one: string, many: string];
  readonly label: string;
  readonly columns: readonly string[];
  readonly cells: (row: One) => readonly string[];
}

function figureOf<One extends Row>(
  rows: readonly One[],
  { what, label, columns, cells }: Shown<One>,
): Figure {
  const all = rows.reduce((sum, row) => sum + total(row), 0) || 1;
  const { chosen, left } = greatestRows(rows, total);
  return {
    finding: describeMost(rows.map(total), what),
    label,
    note: `Filled: non-linear constraints. Outlined: linear ones.${leftOut(left)}`,
    drawing: bars(
      label,
      chosen.map((row) => ({
        name: row.name,
        value: row.nonlinear,
        second: row.linear,
        text: `${count(total(row))} · ${percent(total(row) / all)}`,
      })),
      "constraints",
    ),
    table: {
      columns,
      rows: rows.map((row) => [
        ...cells(row),
        count(row.nonlinear),
        count(row.linear),
        percent(total(row) / all),
      ]),
    },
  };
}

/** So much is most. */
const MOST = 0.8;

/** "3 of 12 layers take 81 % of the constraints": the fewest that take most of them. */
function describeMost(sizes: readonly number[], [one, many]: readonly [string, string]): string {
  const sum = sizes.reduce((a, b) => a + b, 0);
  let [taken, used] = [0, 0];
  for (const size of [...sizes].sort((a, b) => b - a)) {
    if (taken >= MOST * sum) break;
    taken += size;
    used++;
  }
  if (sum === 0) return "The circuit has no constraints";
  if (sizes.length === 1) return `One ${one} takes all constraints`;
  return used === sizes.length
    ? `All ${plural(used, one, many)} take about as many constraints`
    : `${count(used)} of ${plural(sizes.length, one, many)} ${used === 1 ? "takes" : "take"} ${percent(taken / sum)} of the constraints`;
}

function total({ nonlinear, linear }: Row): number {
  return nonlinear + linear;
}
