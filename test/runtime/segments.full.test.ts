import { expect } from "chai";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { useOf } from "../../scripts/bench/cost/session.js";
import { modelPaths } from "../../src/artifacts/paths.js";
import { readR1cs } from "../../src/circom/r1cs.js";
import { forecastOf } from "../../src/forecast/forecast.js";
import { domainPower, rowsOf } from "../../src/forecast/keySize.js";
import { linkMemory } from "../../src/forecast/memory.js";
import { verify } from "../../src/groth16/verify.js";
import type { SystemSize } from "../../src/link/size.js";
import { loadModel, type BuiltModel } from "../../src/inference/model.js";
import { writeGpt } from "../helpers/gpt.js";
import { sizeOf } from "../link/linking.js";
import { temporaryFolder } from "../plugin/project.js";
import type { ProvenRun, SegmentsRun } from "./segmentsRun.js";

const MEGABYTE = 2 ** 20;
const POWER = 18;

/**
 * The process that builds and proves holds Node and its modules, the model's weights and program, and garbage up to the
 * limit of its heap.
 */
const HEAP = 512 * MEGABYTE;
const NODE = 256 * MEGABYTE;

const CORES = 2;

/** Builds or proves on two cores, in a session of its own. @returns the peak of its processes' resident memory, in bytes */
async function peakOf(what: "build" | "prove", run: SegmentsRun): Promise<number> {
  const script = join(import.meta.dirname, "segmentsRun.ts");
  const flags = ["--import", import.meta.resolve("tsx/esm"), `--max-old-space-size=${HEAP / MEGABYTE}`];
  const node = [process.execPath, ...flags, script, what, JSON.stringify(run)];
  // Each thread of the provers takes memory, and there is one for each core.
  const [command, ...args] = availableParallelism() > CORES ? ["taskset", "-c", "0,1", ...node] : node;
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
  let megabytes = 0;
  const sampling = setInterval(() => (megabytes = Math.max(megabytes, useOf(child.pid!).megabytes)), 100);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(sampling);
  expect(code, what).to.equal(0);
  return megabytes * MEGABYTE;
}

/** A language model of more rows than a proof on a small machine can have. */
describe("a GPT of two million rows, in segments of 2^18", function () {
  let run: SegmentsRun;
  let model: BuiltModel;
  let sizes: readonly SystemSize[];
  /** What its process itself may take, and what the segments' processes are forecast to take. */
  let own: number;
  let forecasts: readonly ReturnType<typeof forecastOf>[];

  before(function () {
    // Memory of a session is read from /proc.
    if (process.platform !== "linux") this.skip();
    const folder = temporaryFolder();
    const files = writeGpt(folder, { blocks: 3, width: 48, heads: 4, length: 32 });
    run = { ...files, outDir: join(folder, "builds"), rows: 2 ** POWER, bits: 8 };
  });

  it("is built in memory that follows the greatest segment, not the model", async () => {
    const peak = await peakOf("build", run);
    model = await loadModel(modelPaths(run.outDir, "gpt"));
    sizes = model.segments.map(({ paths }) => sizeOf(readR1cs(paths.r1cs)));
    const rows = sizes.reduce((sum, size) => sum + rowsOf(size), 0);
    expect(rows).to.be.greaterThan(2_000_000);
    for (const size of sizes) expect(domainPower(size)).to.be.at.most(POWER);
    forecasts = sizes.map((size) => forecastOf(size, CORES));
    own = NODE + HEAP + linkMemory(2 ** POWER);
    const bound = own + Math.max(...forecasts.map(({ memoryBytes }) => memoryBytes.key));
    console.log(`      ${sizes.length} segments, ${rows} rows: ${shown(peak)} of at most ${shown(bound)}`);
    expect(peak).to.be.at.most(bound);
  });

  it("is proven segment by segment, likewise, and every proof holds with the signals of its neighbors", async () => {
    const peak = await peakOf("prove", run);
    const bound = own + Math.max(...forecasts.map(({ memoryBytes }) => memoryBytes.proof));
    console.log(`      ${shown(peak)} of at most ${shown(bound)}`);
    expect(peak).to.be.at.most(bound);
    const {
      proofs,
      edges,
      shown: outputs,
      commitment,
      binding,
    } = JSON.parse(readFileSync(join(run.outDir, "proofs.json"), "utf8")) as ProvenRun;
    const last = model.segments.length - 1;
    expect([proofs.length, edges.length]).to.deep.equal([last + 1, last]);
    expect(new Set(edges).size).to.equal(last);
    const keys = model.segments.map(({ verificationKey }) => verificationKey);
    for (const { vk_alpha_1, vk_beta_2, vk_gamma_2 } of keys)
      expect([vk_alpha_1, vk_beta_2, vk_gamma_2]).to.deep.equal([
        ...[keys[0].vk_alpha_1, keys[0].vk_beta_2, keys[0].vk_gamma_2],
      ]);
    expect(new Set(keys.map(({ vk_delta_2 }) => JSON.stringify(vk_delta_2))).size).to.equal(last + 1);
    const signalsOf = (number: number, chain: readonly string[]): string[] => [
      ...(number === last ? outputs : [chain[number]]),
      ...(number === 0 ? [commitment, binding] : [chain[number - 1]]),
    ];
    for (const [number, proof] of proofs.entries()) {
      expect(await verify(keys[number], signalsOf(number, edges), proof), `segment ${number}`).to.equal(true);
      const moved = [...edges.slice(1), edges[0]];
      expect(await verify(keys[number], signalsOf(number, moved), proof), `segment ${number}`).to.equal(
        false,
      );
    }
  });
});

const shown = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;
