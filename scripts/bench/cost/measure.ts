import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addRun, readResults, ROOT } from "./results.js";
import { useOf } from "./session.js";
import { STAGES, type Outcome, type Run, type StageName, type StageParameters } from "./types.js";

/** A model to be measured. */
export interface Subject extends Pick<StageParameters, "source" | "samples" | "bits"> {
  readonly name: string;
}

const FOLDER = join(ROOT, "cache", "bench");
const MODELS = join(FOLDER, "models");

/** The folder of what is made of a model. It goes away with the last stage. */
export const folderOf = (name: string): string => join(MODELS, name);

export function removeProducts(): void {
  rmSync(MODELS, { recursive: true, force: true });
}

/** What a stage makes for others, and what it reads. */
const PRODUCT: Readonly<Partial<Record<StageName, string>>> = {
  quantize: "main.circom",
  "link, cold": "main.r1cs",
  key: "verification_key.json",
  witness: "witness.bin",
};
const READS: Readonly<Partial<Record<StageName, readonly StageName[]>>> = {
  "second opinion": ["quantize"],
  "link, cold": ["quantize"],
  "link, warm": ["link, cold"],
  circom: ["quantize"],
  key: ["link, cold"],
  witness: ["link, cold"],
  snarkjs: ["key", "witness"],
  "snarkjs, warm": ["key", "witness"],
  rapidsnark: ["key", "witness"],
};

/** Stages that lack runs, and those whose products they read and that are not there. */
export function missing(name: string, wanted: readonly StageName[], runs: number): StageName[] {
  const done = readResults().models[name]?.runs ?? {};
  const needed = new Set(wanted.filter((stage) => (done[stage]?.length ?? 0) < runs));
  for (const stage of [...STAGES].reverse())
    if (needed.has(stage))
      for (const made of READS[stage] ?? [])
        if (!existsSync(join(folderOf(name), PRODUCT[made]!))) needed.add(made);
  return STAGES.filter((stage) => needed.has(stage));
}

/**
 * Measures the stages of a model of which there are fewer runs than asked for. Each run is written down when it ends.
 *
 * @param keep the folder of the model, for other stages
 * @returns whether all of them ended well; one that runs out of memory ends the rest
 */
export async function measure(
  subject: Subject,
  stages: readonly StageName[],
  { runs, keep = false }: { runs: number; keep?: boolean },
): Promise<boolean> {
  const { name, source, samples, bits } = subject;
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  for (let left = missing(name, stages, runs); left.length > 0; left = missing(name, stages, runs))
    for (const stage of left) {
      const run = await runStage(name, stage, { source, samples, bits, folder });
      if (run.failed !== undefined && stage !== "circom") return false;
    }
  if (!keep) rmSync(folder, { recursive: true, force: true });
  return true;
}

/** The stages as JavaScript, as users have them: none of their time is that of a compiler of TypeScript. */
export function compileStages(): void {
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  execFileSync(tsc, ["-p", join(import.meta.dirname, "tsconfig.json")], { stdio: "inherit" });
}

const SCRIPT = join(FOLDER, "built", "scripts", "bench", "cost", "stage.js");
const SAMPLING_MS = 100;

async function runStage(name: string, stage: StageName, parameters: StageParameters): Promise<Run> {
  const child = spawn(process.execPath, [SCRIPT, stage, JSON.stringify(parameters)], {
    // A session of its own, which is measured.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = [child.stdout, child.stderr].map((stream) => {
    const said = { text: "" };
    stream.setEncoding("utf8").on("data", (text: string) => (said.text += text));
    return said;
  });
  let [megabytes, cpu] = [0, 0];
  const start = performance.now();
  const sampling = setInterval(() => {
    const use = useOf(child.pid!);
    megabytes = Math.max(megabytes, use.megabytes, use.peakMegabytes);
    cpu = Math.max(cpu, use.cpuSeconds);
  }, SAMPLING_MS);
  const stop = (): void => void process.kill(-child.pid!, "SIGKILL");
  process.once("exit", stop);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  process.off("exit", stop);
  clearInterval(sampling);
  const outcome = outcomeOf(code, output.text, errors.text) ?? {
    ...{ cpu, seconds: (performance.now() - start) / 1000, failed: "out of memory", facts: {} },
  };
  const { facts, ...figures } = outcome;
  const run = { ...rounded(figures), megabytes: Math.round(megabytes) };
  addRun(name, stage, run, facts);
  const shown = `${run.cpu.toFixed(1)} s of CPU, ${run.megabytes} MB`;
  console.log(`${name.padEnd(26)}${stage.padEnd(16)}${run.failed ? `${run.failed} after ` : ""}${shown}`);
  return run;
}

function rounded({ cpu, seconds, failed }: Omit<Run, "megabytes">): Omit<Run, "megabytes"> {
  const [cpuRounded, secondsRounded] = [cpu, seconds].map((value) => Math.round(100 * value) / 100);
  return { cpu: cpuRounded, seconds: secondsRounded, ...(failed !== undefined && { failed }) };
}

/** @returns undefined where V8 or the system ended the process for its memory */
function outcomeOf(code: number | null, output: string, errors: string): Outcome | undefined {
  if (code === 0) return JSON.parse(output) as Outcome;
  if (code === null || /heap out of memory|heap limit/.test(errors)) return undefined;
  throw new Error(`A stage ended with code ${code}:\n${errors.slice(-3000)}`);
}
