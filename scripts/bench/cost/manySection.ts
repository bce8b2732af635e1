import { gasOfBatch, gasOfSegments, type GasTable } from "./gasTable.js";
import { batchName, BATCHES, segmentNames, SEGMENTS } from "./many.js";
import type { Measured, Results } from "./results.js";
import { summary } from "./statistics.js";
import { count, seconds, table } from "./tables.js";
import type { Run, StageName } from "./types.js";

type ProverName = "snarkjs" | "rapidsnark";

/** Batches and segments beside proofs of one job by one circuit. */
export function manySection({ models }: Results, gas: GasTable): string {
  return `## Many jobs in one proof

\`npm run bench many\`. Each job has an input of its own; \`build --batch 8,32\` takes these numbers of jobs. CPU and clock are
seconds of witness and proof, divided by jobs; the clock also runs while other work of the machine has the cores. Gas is that
of one job (\`gas/contracts.json\`).

${batchTable(models, gas) ?? NOT_YET}

## One model in many proofs

\`npm run bench many\`. The model is cut as \`build --segments 2\` and \`4\` cut it. CPU is that of witnesses and proofs of all
segments; clock and memory are those of the segment that takes most, since each can be proven on a machine of its own. Gas is
that of a job with a key for each segment (\`gas/contracts.json\`).

${segmentTable(models, gas) ?? NOT_YET}`;
}

const NOT_YET = "Not measured yet: `npm run bench many`.";

/** What a prover takes for a part, witness included. @returns undefined where one of the two was not measured */
function proving({ runs }: Measured, prover: ProverName): Run | undefined {
  const [witness, proof] = (["witness", prover] as const).map((stage: StageName) => summary(runs[stage]));
  if (witness === undefined || proof === undefined) return undefined;
  return {
    cpu: witness.cpu + proof.cpu,
    seconds: witness.seconds + proof.seconds,
    megabytes: Math.max(witness.megabytes, proof.megabytes),
    failed: witness.failed ?? proof.failed,
  };
}

const HEADINGS = ["CPU", "clock", "memory"];

/** CPU, clock and memory of what is proven together. @param jobs among which time is divided */
function cells(runs: readonly (Run | undefined)[], jobs = 1): string[] {
  const known = runs.filter((run) => run !== undefined);
  if (known.length < runs.length) return ["–", "–", "–"];
  const failed = known.find((run) => run.failed !== undefined)?.failed;
  if (failed !== undefined) return [failed, "–", "–"];
  const cpu = known.reduce((sum, run) => sum + run.cpu, 0);
  const clock = Math.max(...known.map((run) => run.seconds));
  const memory = Math.max(...known.map((run) => run.megabytes));
  return [seconds(cpu / jobs), seconds(clock / jobs), `${count(memory)} MB`];
}

const proverCells = (parts: readonly Measured[], jobs?: number): string[] =>
  (["snarkjs", "rapidsnark"] as const).flatMap((prover) =>
    cells(
      parts.map((part) => proving(part, prover)),
      jobs,
    ),
  );

const proverHeadings = ["snarkjs", "rapidsnark"].flatMap((name) =>
  HEADINGS.map((what) => `${name}, ${what}`),
);

const keys = (parts: readonly Measured[]): string => {
  const bytes = parts.reduce((sum, { keyBytes = 0 }) => sum + keyBytes, 0);
  return bytes === 0 ? "–" : `${count(Math.ceil(bytes / 1e6))} MB`;
};

function batchTable(models: Results["models"], gas: GasTable): string | undefined {
  const rows = Object.entries(BATCHES).flatMap(([model, sizes]) =>
    sizes.flatMap((asked) => {
      const made = models[batchName(model, asked)] as Measured | undefined;
      if (made?.runs.snarkjs === undefined) return [];
      const { jobs = 1, rows: used, power } = made;
      const costs = proverCells([made], jobs);
      return [
        [model, count(jobs), count(used), `2^${power}`, keys([made]), ...costs, count(gasOfBatch(gas, jobs))],
      ];
    }),
  );
  if (rows.length === 0) return undefined;
  return table([["model", "jobs", "rows", "domain", "key", ...proverHeadings, "gas"], ...rows]);
}

function segmentTable(models: Results["models"], gas: GasTable): string | undefined {
  const rows = Object.entries(SEGMENTS).flatMap(([model, counts]) =>
    counts.flatMap((of) => {
      const found = segmentNames(model, of).map((name) => models[name] as Measured | undefined);
      const parts = found.filter((part) => part?.runs.snarkjs !== undefined) as Measured[];
      if (parts.length < of) return [];
      const domains = parts.map(({ power }) => `2^${power}`).join(", ");
      const used = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0);
      return [
        [
          model,
          count(of),
          count(used),
          domains,
          keys(parts),
          ...proverCells(parts),
          count(gasOfSegments(gas, of)),
        ],
      ];
    }),
  );
  if (rows.length === 0) return undefined;
  return table([["model", "segments", "rows", "domains", "keys", ...proverHeadings, "gas"], ...rows]);
}
