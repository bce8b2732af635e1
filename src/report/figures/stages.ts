import { bars, greatestRows, leftOut } from "../bars.js";
import type { ReportData } from "../data.js";
import type { Figure, Missing } from "../figure.js";
import { bytes, percent, seconds, shown } from "../words.js";

/** Time and memory of the last build, stage by stage. */
export function timeByStage({ stages }: ReportData): Figure | Missing {
  if (stages === undefined || stages.length === 0)
    return { why: "Nothing is known of how long this build took: build it again to have it here." };
  const label = "Seconds of each stage of the last build";
  const all = stages.reduce((sum, one) => sum + one.seconds, 0);
  const longest = stages.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  const { chosen, left } = greatestRows(stages, (one) => one.seconds);
  return {
    finding: `“${shown(longest.stage)}” takes ${percent(longest.seconds / (all || 1))} of ${seconds(all)}`,
    label,
    note: `Of the last build: a stage that had nothing to do again takes hardly any time. Memory is the most that the process had by then, without the processes that it starts.${leftOut(left)}`,
    drawing: bars(
      label,
      chosen.map((one) => ({
        name: one.stage,
        value: one.seconds,
        text: `${seconds(one.seconds)} · ${bytes(one.peakBytes)}`,
      })),
      "seconds",
    ),
    table: {
      columns: ["stage", "time", "most memory so far"],
      rows: stages.map((one) => [shown(one.stage), seconds(one.seconds), bytes(one.peakBytes)]),
    },
  };
}
