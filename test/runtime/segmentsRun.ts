import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelPaths } from "../../src/artifacts/paths.js";
import { chooseProver } from "../../src/groth16/chooseProver.js";
import type { Proof } from "../../src/groth16/types.js";
import { commitInput, commitmentTo } from "../../src/inference/infer.js";
import { loadModel } from "../../src/inference/model.js";
import { edgeSalts, pipelineWork, proveSegment } from "../../src/inference/provePipeline.js";
import { buildModel } from "../../src/pipeline/buildModel.js";
import { createProgress } from "../../src/progress/progress.js";
import { readSample } from "../../src/runtime/models/sample.js";

// Builds a model in segments, or proves them, in a process whose memory is measured: `segmentsRun.ts build|prove <JSON>`.

export interface SegmentsRun {
  readonly source: string;
  readonly samples: string;
  /** Of the builds. */
  readonly outDir: string;
  /** Of a segment, at most. */
  readonly rows: number;
  readonly bits: number;
}

/** What `prove` writes to `proofs.json` in the folder of the builds. */
export interface ProvenRun {
  readonly proofs: readonly Proof[];
  readonly edges: readonly string[];
  readonly shown: readonly string[];
  readonly commitment: string;
  readonly binding: string;
}

const NAME = "gpt";
const BINDING = 77n;

async function build({ source, samples, outDir, rows, bits }: SegmentsRun): Promise<void> {
  await buildModel(
    {
      ...{ name: NAME, source, samples, input: "committed", output: "committed", segments: { rows } },
      ...{ inputBits: bits, weightBits: bits, activationBits: bits },
      paths: modelPaths(outDir, NAME),
      cacheDir: "cache",
      verifier: join(outDir, "Verifier.sol"),
    },
    createProgress({ silent: true }),
  );
}

async function prove({ samples, outDir }: SegmentsRun): Promise<void> {
  const model = await loadModel(modelPaths(outDir, NAME));
  const input = commitInput(model, await readSample(model, samples, 0));
  const work = pipelineWork(model, input, { binding: BINDING, salts: edgeSalts(model) });
  const prover = await chooseProver({ prover: "snarkjs", rapidsnark: undefined });
  const proofs: Proof[] = [];
  for (const number of model.segments.keys()) proofs.push(await proveSegment(model, work, number, prover));
  prover.close();
  const proven: ProvenRun = {
    proofs,
    edges: work.edges.map(String),
    shown: work.shown.map(String),
    commitment: commitmentTo(model, input).toString(),
    binding: BINDING.toString(),
  };
  writeFileSync(join(outDir, "proofs.json"), JSON.stringify(proven));
}

const [what, parameters] = process.argv.slice(2);
const runs = { build, prove };
await runs[what as keyof typeof runs](JSON.parse(parameters) as SegmentsRun);
process.exit();
