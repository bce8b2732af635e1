import { familyMember, sizesOf } from "./family.js";
import { FAMILIES, type Family } from "./models.js";
import { logPlot } from "./plot.js";
import type { Measured, Results } from "./results.js";
import { exponent, summary } from "./statistics.js";
import { count, seconds, table } from "./tables.js";
import type { Facts, StageName } from "./types.js";

/** SVG text by the path of its file in `docs`. */
export type Plots = ReadonlyMap<string, string>;

const STAGES: readonly (readonly [stage: StageName, title: string])[] = [
  ["import", "import"],
  ["quantize", "quantize"],
  ["second opinion", "second opinion"],
  ["link, cold", "link"],
  ["key", "key"],
  ["witness", "witness"],
  ["snarkjs", "proof"],
];

const MEASURES = ["weights", "rows", "terms"] as const;

/** How time grows in each family, with a plot of each. */
export function familySections(results: Results): { text: string; plots: Plots } {
  const plots = new Map<string, string>();
  const sections = Object.entries(FAMILIES).flatMap(([name, family]) => {
    const sizes = sizesOf(name, Object.keys(results.models)).filter(
      (size) => results.models[familyMember(name, size)].runs.snarkjs !== undefined,
    );
    if (sizes.length === 0) return [];
    const members = sizes.map((size) => results.models[familyMember(name, size)]);
    const path = `benchmarks/${name}.svg`;
    plots.set(path, plot(family, members));
    return [`### ${family.title}\n\n![CPU time against rows](${path})\n\n${growth(family, sizes, members)}`];
  });
  if (sections.length === 0)
    return { text: "## Growth\n\nNot measured yet: `npm run bench families`.", plots };
  const text = `## Growth

\`npm run bench families\`. Models with random weights and 8 bits are doubled in size until a proof would be over more than
2^20 rows. Columns of stages are seconds of CPU; link is without gadgets in the cache, proof by snarkjs. An exponent e says
that time grows as the e-th power of weights, rows or terms: it is the slope of logarithms over the larger half of the sizes.
Key and proof follow the domain, which is a power of two.

${sections.join("\n\n")}`;
  return { text, plots };
}

function cpuOf(member: Measured, stage: StageName): number | undefined {
  return summary(member.runs[stage])?.cpu;
}

/** Points of a stage; what took less than a hundredth of a second is not measured. */
function pointsOf(members: readonly Measured[], stage: StageName, of: keyof Facts): [number, number][] {
  return members.flatMap((member): [number, number][] => {
    const [x, y] = [member[of], cpuOf(member, stage)];
    return x === undefined || y === undefined || y <= 0 ? [] : [[x, y]];
  });
}

function growth({ size }: Family, sizes: readonly number[], members: readonly Measured[]): string {
  const rows = members.map((member, i) => [
    ...[count(sizes[i]), ...MEASURES.map((of) => count(member[of]))],
    ...STAGES.map(([stage]) => {
      const cpu = cpuOf(member, stage);
      return cpu === undefined ? "–" : seconds(cpu);
    }),
  ]);
  const exponents = MEASURES.map((of) => [
    ...[`exponent in ${of}`, ...MEASURES.map(() => "")],
    ...STAGES.map(([stage]) => exponent(pointsOf(members, stage, of))?.toFixed(2) ?? "–"),
  ]);
  return table([[size, ...MEASURES, ...STAGES.map(([, title]) => title)], ...rows, ...exponents]);
}

function plot({ title }: Family, members: readonly Measured[]): string {
  const lines = STAGES.map(([stage, name]) => ({ name, points: pointsOf(members, stage, "rows") }));
  return logPlot(title, "rows", "CPU time in seconds", lines);
}
