import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeBenchmarks } from "./document.js";
import { addRun, readResults, ROOT } from "./results.js";
import { useOf } from "./session.js";
import { BENCH_FOLDER, folderOf, removeProducts, type Subject } from "./subject.js";
import { STAGES, type Outcome, type Run, type StageName, type StageParameters } from "./types.js";

/** What a stage makes for others, and what it reads. */
const PRODUCT: Readonly<Partial<Record<StageName, string>>> = {
  quantize: "main.circom",
  "link, cold": "main.r1cs",
  key: "verification_key.json",
  witness: "witness.bin",
  "before init": "powers.ptau",
  init: "begun",
  contribute: "contributed.zkey",
  "take in": "taken",
  finalize: "finished",
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
  init: ["before init"],
  contribute: ["init"],
  "take in": ["contribute"],
  "verify, own": ["take in"],
  "verify, snarkjs": ["take in"],
  finalize: ["take in"],
  audit: ["finalize"],
};

/** Whether a stage of a model ran out of memory: the stages after it cannot run. circom is beside the others. */
export function hasFailed(name: string): boolean {
  const runs = readResults().models[name]?.runs ?? {};
  const chain = STAGES.filter((stage) => stage !== "circom");
  return chain.some((stage) => runs[stage]?.some(({ failed }) => failed !== undefined));
}

/** Stages that lack runs, and those whose products they read and that are not there; none after a failure. */
export function missing(name: string, wanted: readonly StageName[], runs: number): StageName[] {
  if (hasFailed(name)) return [];
  const done = readResults().models[name]?.runs ?? {};
  const needed = new Set(wanted.filter((stage) => (done[stage]?.length ?? 0) < runs));
  for (const stage of [...STAGES].reverse())
    if (needed.has(stage))
      for (const made of READS[stage] ?? [])
        if (!existsSync(join(folderOf(name), PRODUCT[made]!))) needed.add(made);
  return STAGES.filter((stage) => needed.has(stage));
}

/**
 * Measures the stages of a model of which there are fewer runs than asked for. Each run is documented when it ends.
 *
 * @param keep the folder of the model, for other stages
 */
export async function measure(
  subject: Subject,
  stages: readonly StageName[],
  { runs, keep = false }: { runs: number; keep?: boolean },
): Promise<void> {
  const { name, ...parameters } = subject;
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  for (let left = missing(name, stages, runs); left.length > 0; left = missing(name, stages, runs))
    for (const stage of left) {
      if (!hasFailed(name)) await runStage(name, stage, { ...parameters, folder });
    }
  if (!keep) removeProducts(name);
}

/** The stages as JavaScript, as users have them: none of their time is that of a compiler of TypeScript. */
export function compileStages(): void {
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  execFileSync(tsc, ["-p", join(import.meta.dirname, "tsconfig.json")], { stdio: "inherit" });
}

const SCRIPT = join(BENCH_FOLDER, "built", "scripts", "bench", "cost", "stage.js");
const SAMPLING_MS = 100;

async function runStage(name: string, stage: StageName, parameters: StageParameters): Promise<void> {
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
  const end = await endOf(child);
  clearInterval(sampling);
  const outcome = outcomeOf(end, output.text, errors.text) ?? {
    ...{ cpu, seconds: (performance.now() - start) / 1000, failed: "out of memory", facts: {} },
  };
  const { facts, ...figures } = outcome;
  const run = { ...rounded(figures), megabytes: Math.round(megabytes) };
  addRun(name, stage, run, facts);
  await writeBenchmarks();
  const shown = `${run.cpu.toFixed(1)} s of CPU, ${run.megabytes} MB`;
  console.log(`${name.padEnd(26)}${stage.padEnd(16)}${run.failed ? `${run.failed} after ` : ""}${shown}`);
}

function rounded({ cpu, seconds, failed }: Omit<Run, "megabytes">): Omit<Run, "megabytes"> {
  const [cpuRounded, secondsRounded] = [cpu, seconds].map((value) => Math.round(100 * value) / 100);
  return { cpu: cpuRounded, seconds: secondsRounded, ...(failed !== undefined && { failed }) };
}

/** Ctrl-C reaches this process alone: the session ends with it. */
async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const stop = (): void => void process.kill(-child.pid!, "SIGKILL");
  const leave = (): void => process.exit(1);
  process.once("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, leave);
  const end = await new Promise<number | NodeJS.Signals>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal!)),
  );
  process.off("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, leave);
  return end;
}

/** @returns undefined where V8 or the system ended the process for its memory */
function outcomeOf(end: number | NodeJS.Signals, output: string, errors: string): Outcome | undefined {
  if (end === 0) return JSON.parse(output) as Outcome;
  if (end === "SIGKILL" || /heap out of memory|heap limit/.test(errors)) return undefined;
  throw new Error(`A stage ended with ${end}:\n${errors.slice(-3000)}`);
}
