import { bars, greatestRows, leftOut } from "../bars.js";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { count, shape, shown } from "../words.js";

interface Row {
  readonly layer: string;
  readonly outputs: number;
  readonly shape?: readonly number[];
  readonly lo: number;
  readonly hi: number;
  readonly bits: number;
}

/** How many bits the integers of each layer take at most, whatever the input. */
export function bitsByLayer({ report, manifest }: ReportData): Figure | Missing {
  const rows: Row[] = report.layers.flatMap(({ range, ...layer }) =>
    range === undefined ? [] : [{ ...layer, lo: range[0], hi: range[1], bits: bitsOf(range[1] - range[0]) }],
  );
  if (rows.length === 0)
    return {
      why:
        manifest.weightCommitment === undefined
          ? "This build has no ranges of layers in its report: build it again to have them here."
          : "The ranges of layers are left out, since they would tell of the private weights.",
    };
  const label = "Bits of the integers of each layer";
  const { chosen, left } = greatestRows(rows, ({ bits }) => bits);
  const widest = rows.reduce((a, b) => (b.bits > a.bits ? b : a));
  const least = rows.reduce((a, b) => Math.min(a, b.bits), widest.bits);
  return {
    finding:
      least === widest.bits
        ? `The integers of every layer take ${widest.bits} bits`
        : `Layers take ${least} to ${widest.bits} bits, the most at ${shown(widest.layer)}`,
    label,
    note: `For every input of the domain, not only for the samples.${leftOut(left)}`,
    drawing: bars(
      label,
      chosen.map(({ layer, bits }) => ({ name: layer, value: bits, text: `${bits} bits` })),
      "bits",
    ),
    table: {
      columns: ["layer", "shape", "bits", "least integer", "greatest integer"],
      rows: rows.map((row) => [
        shown(row.layer),
        row.shape === undefined ? `${count(row.outputs)} numbers` : shape(row.shape),
        count(row.bits),
        count(row.lo),
        count(row.hi),
      ]),
    },
  };
}

/** Bits that tell apart so many more than one integers. */
function bitsOf(span: number): number {
  let bits = 0;
  while (2 ** bits <= span) bits++;
  return bits;
}
