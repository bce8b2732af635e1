import { dot, line } from "@observablehq/plot";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { chart } from "../plot.js";
import { count, percent, real, shown } from "../words.js";

/** The values of each output: the integer model's against the float model's. */
export function valuesOfOutputs({ report, comparison, manifest }: ReportData): readonly Figure[] | Missing {
  const outputs = comparison?.outputs.filter(({ pairs }) => pairs.length > 0) ?? [];
  if (outputs.length === 0)
    return {
      why:
        manifest.weightCommitment === undefined
          ? "This build did not keep values to compare: build it again to have them here."
          : "Values of outputs are left out, since they would tell of the private weights.",
    };
  return outputs.map(({ output, pairs }) => scatter(output, pairs, report.accuracy));
}

type Pairs = NonNullable<ReportData["comparison"]>["outputs"][number]["pairs"];

function scatter(output: string, pairs: Pairs, accuracy: ReportData["report"]["accuracy"]): Figure {
  const name = shown(output);
  const label = `Values of ${name}: float model against integer model`;
  const measured = accuracy.outputs.find((one) => one.output === output);
  const values = pairs.flat();
  const lo = values.reduce((a, b) => Math.min(a, b));
  const hi = values.reduce((a, b) => Math.max(a, b), lo);
  const [start, end] = hi > lo ? [lo, hi] : [lo - 1, lo + 1];
  const points = pairs.map(([x, y]) => ({ x, y }));
  return {
    finding:
      measured === undefined
        ? `The values of ${name} of both models`
        : `The values of ${name} are within ${percent(measured.greatestError)} of their range (${percent(measured.rmsError)} in the mean)`,
    label,
    note: `${count(pairs.length)} values of ${count(accuracy.samples)} samples. On the line, both models say the same.`,
    drawing: chart(label, {
      ...{ width: 460, height: 460, marginLeft: 64, marginBottom: 48, marginTop: 28, marginRight: 12 },
      x: { domain: [start, end], label: "float model", nice: true, ticks: 5, labelArrow: "none" },
      y: {
        domain: [start, end],
        label: "integer model",
        nice: true,
        ticks: 5,
        labelArrow: "none",
        grid: true,
      },
      marks: [
        line(
          [
            { x: start, y: start },
            { x: end, y: end },
          ],
          { x: "x", y: "y", stroke: "var(--soft)", strokeDasharray: "4 4" },
        ),
        dot(points, { x: "x", y: "y", r: 3, stroke: "var(--mark)", strokeOpacity: 0.8 }),
      ],
    }),
    table: {
      columns: ["float model", "integer model", "difference"],
      rows: pairs.map(([float, integer]) => [real(float), real(integer), real(integer - float)]),
    },
  };
}
