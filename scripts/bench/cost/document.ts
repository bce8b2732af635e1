import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { DOCS, readResults, type Results } from "./results.js";
import { readGas, type GasTable } from "./gasTable.js";
import { familySections, type Plots } from "./familySections.js";
import { manySection } from "./manySection.js";
import { peerSection } from "./peerSection.js";
import { serviceSection } from "./serviceSection.js";
import { stageSection } from "./stageSection.js";
import { trustSection } from "./trustSection.js";

/**
 * What figures become: the text of `docs/benchmarks.md`, and its plots by their paths in `docs`.
 *
 * @param gas as `gas/contracts.json` has it
 */
export async function benchmarksDocument(
  results: Results,
  gas: GasTable = readGas(),
): Promise<{ text: string; plots: Plots }> {
  const families = familySections(results);
  const text = `# Benchmarks

<!-- Written by \`npm run bench\` from docs/benchmarks.json. Do not edit. -->

${machineText(results)}

- CPU time is user and system time of all processes of a stage, in seconds. It begins when the stage has read what it needs,
  and includes the start of the processes that it uses. Memory is the peak of their resident memory together.
- Each stage runs in a process of its own. Of repeated runs (\`npm run bench -- --runs 3\`), time is the median, and memory
  the largest.
- Inputs are committed to, and outputs are public. Keys are those of a development setup.
- Figures are kept in \`docs/benchmarks.json\`. A bench that was interrupted goes on where it was; \`npm run bench -- --fresh\`
  starts over.

${stageSection(results)}

${families.text}

${manySection(results, gas)}

${trustSection(results)}

${serviceSection(results)}

${peerSection(results)}
`;
  return { text: await format(text, { parser: "markdown", printWidth: 110 }), plots: families.plots };
}

function machineText({ machine }: Results): string {
  if (machine === undefined) return "No figures yet: `npm run bench` measures them.";
  const { cpu, cores, memory, system, node } = machine;
  return `Measured on ${cpu}, ${cores} cores, ${memory} GB, ${system}, Node ${node}.`;
}

/** Writes the document and its plots, from the figures that there are. */
export async function writeBenchmarks(): Promise<void> {
  const { text, plots } = await benchmarksDocument(readResults());
  writeFileSync(join(DOCS, "benchmarks.md"), text);
  // Plots of figures that were given up go away.
  rmSync(join(DOCS, "benchmarks"), { recursive: true, force: true });
  if (plots.size > 0) mkdirSync(join(DOCS, "benchmarks"));
  for (const [path, svg] of plots) writeFileSync(join(DOCS, path), svg);
}
