import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SIGNALS } from "../circom/text/names.js";
import type { CircuitInput } from "../circom/witness.js";
import { durationsOf, forecastOf, type Durations, type Forecast } from "../forecast/forecast.js";
import { fulfillGas } from "../forecast/gas.js";
import { needOf } from "../forecast/needs.js";
import { machineFor } from "../forecast/machine.js";
import { obstaclesOf, type Obstacle } from "../forecast/fit.js";
import type { Speed } from "../forecast/speed.js";
import type { Duration } from "../forecast/time.js";
import { importModel } from "../import/importModel.js";
import { loadSamples } from "../import/samples/loadSamples.js";
import { linkCircuit } from "../link/link.js";
import { countRows } from "../link/rows.js";
import type { SystemSize } from "../link/size.js";
import { LinkedWitness } from "../link/witness.js";
import { planWitness, type WitnessPlan } from "../link/witnessPlan.js";
import { publicSignals } from "../netlist/provingDomain.js";
import type { Netlist } from "../netlist/types.js";
import { execute } from "../program/execute.js";
import type { Program } from "../program/types.js";
import { inStage, type Progress } from "../progress/progress.js";
import { estimate, estimateOn, type Estimate } from "./estimate.js";
import type { CircuitOptions } from "./integerModel.js";
import { modelCircuit } from "./linkable.js";

export interface EstimateParameters extends CircuitOptions {
  readonly source: string;
  /** @default made-up inputs: a guess */
  readonly samples?: string;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly cacheDir: string;
  /** The folder that a build would write to. */
  readonly folder: string;
}

/** What a build of a model takes, and its proofs. */
export interface BuildEstimate extends Estimate, Forecast {
  /** Rows, wires and terms of the constraint system, exactly. */
  readonly system: SystemSize;
  readonly publicSignals: number;
  /** What each stage takes: those that an estimate runs itself as they took, key and proof by the machine's speed. */
  readonly stages: Durations & Readonly<Record<"import" | "quantize" | "link" | "witness", Duration>>;
  /** Of the escrow's fulfill, of any model with as many public signals. */
  readonly gas: { readonly fulfill: number };
  /** Why a build would be refused on this machine now. */
  readonly obstacles: readonly Obstacle[];
}

/**
 * Links a model's circuit without writing it, and says what a build of it takes.
 *
 * @param speed of the machine
 * @throws Torch2CircomError as a build does
 */
export async function estimateBuild(
  { source, samples, sizes, cacheDir, folder, ...options }: EstimateParameters,
  speed: Speed,
  progress: Progress,
): Promise<BuildEstimate> {
  const imported = await timed(() => inStage(progress, "Import", () => importModel(source, sizes)));
  const model = imported.result;
  const circuit = await timed(() =>
    inStage(progress, "Quantize", async () =>
      samples === undefined
        ? estimate(model.graph, options)
        : estimateOn(model, await loadSamples(samples, model.graph), options),
    ),
  );
  const { estimate: costs, program, netlist } = circuit.result;
  const linked = await timed(() =>
    inStage(progress, "Link", (onProgress) => link(netlist, cacheDir, onProgress)),
  );
  const { system, circuit: connected, tensors } = linked.result;
  const witness = await timed(() =>
    inStage(progress, "Make a witness", () => makeWitness(program, netlist, planWitness(connected, tensors))),
  );
  return {
    ...costs,
    ...forecastOf(system, speed.cores),
    system,
    publicSignals: publicSignals(netlist),
    stages: {
      import: imported.duration,
      quantize: circuit.duration,
      link: linked.duration,
      witness: witness.duration,
      ...durationsOf(system, speed),
    },
    gas: { fulfill: fulfillGas(publicSignals(netlist)) },
    obstacles: obstaclesOf(needOf(system, speed.cores), await machineFor(folder)),
  };
}

async function link(netlist: Netlist, cacheDir: string, onProgress: (fraction: number) => void) {
  const workDir = await mkdtemp(join(tmpdir(), "torch2circom-estimate-"));
  try {
    const { structure, tensors } = modelCircuit(netlist);
    const circuit = await linkCircuit({ circuit: structure, cacheDir, workDir, onProgress });
    return { circuit, tensors, system: countRows(circuit) };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** A witness of the least input: any takes about the same time. */
async function makeWitness(program: Program, netlist: Netlist, plan: WitnessPlan): Promise<void> {
  const { inputs, inputMode, outputMode, weightWords } = netlist;
  const least = inputs.map(({ count, offset }) => new Float64Array(count).fill(offset));
  const salted = inputMode !== "public" || outputMode !== "public";
  const signals: CircuitInput = {
    ...Object.fromEntries(inputs.map(({ signal }, i) => [signal, Array.from(least[i])])),
    ...(salted && { [SIGNALS.salt]: 1n }),
    ...(inputMode === "evaluated" && { [SIGNALS.challenge]: 1n }),
    ...(weightWords.length > 0 && { [SIGNALS.weightWords]: weightWords, [SIGNALS.weightSalt]: 1n }),
    [SIGNALS.binding]: 0n,
  };
  (await LinkedWitness.load(plan)).calculate(signals, execute(program, least));
}

/** Of the clock and of this process, whose threads do the work. */
async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly duration: Duration }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    result,
    duration: { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 },
  };
}
