import { bars, greatestRows, leftOut } from "../bars.js";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { percent, real, shown } from "../words.js";

/** How far each layer's values are from the float model's. */
export function errorsByLayer({ report: { errors }, manifest }: ReportData): Figure | Missing {
  if (errors === undefined || errors.length === 0)
    return {
      why:
        manifest.weightCommitment === undefined
          ? "This build did not measure the error of each layer: build it again to have it here."
          : "The errors of layers are left out, since they would tell of the private weights.",
    };
  const label = "Error of each layer, as a share of the range of its values";
  const { chosen, left } = greatestRows(errors, ({ rmsError }) => rmsError);
  const worst = errors.reduce((a, b) => (b.rmsError - b.before > a.rmsError - a.before ? b : a));
  const added = worst.rmsError - worst.before;
  return {
    finding:
      added <= 0
        ? "No layer adds an error to what its operands bring"
        : `The most error is added at ${shown(worst.layer)}: ${percent(added)} of its range`,
    label,
    note: `The root of the mean square of integer minus float, on the first samples.${leftOut(left)}`,
    drawing: bars(
      label,
      chosen.map(({ layer, rmsError }) => ({ name: layer, value: 100 * rmsError, text: percent(rmsError) })),
      "per cent of the range",
    ),
    table: {
      columns: ["layer", "error", "of its operands", "least value", "greatest value"],
      rows: errors.map(({ layer, rmsError, before, lo, hi }) => [
        shown(layer),
        percent(rmsError),
        percent(before),
        real(lo),
        real(hi),
      ]),
    },
  };
}
