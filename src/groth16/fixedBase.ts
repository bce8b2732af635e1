import { availableParallelism } from "node:os";
import { ProcessPool } from "../progress/pool.js";
import { runInThread } from "../progress/thread.js";
import type { CurveGroup } from "./curveGroup.js";
import { BATCH } from "./curveMemory.js";
import { windowBits } from "./fixedBaseTable.js";
import { type FixedBaseRun, GeneratorTables } from "./generatorTables.js";

type Counts = Readonly<Record<CurveGroup["name"], number>>;

/** A product in G2 takes about four times one in G1. */
const COST: Counts = { G1: 1, G2: 4 };

/** Some two seconds of work: less does not earn the start of another process, its curve and its tables. */
const COST_PER_PROCESS = 40_000;

const THREAD = new URL("./fixedBaseThread.js", import.meta.url);

function costOf(counts: Counts): number {
  return COST.G1 * counts.G1 + COST.G2 * counts.G2;
}

/** How many processes share the products: one core's each, if it earns its start. */
export function processesFor(counts: Counts, cores: number, costPerProcess = COST_PER_PROCESS): number {
  return Math.max(1, Math.min(cores, Math.floor(costOf(counts) / costPerProcess)));
}

export interface GeneratorOptions {
  /** Gets the fraction that is done. */
  readonly onProgress?: (fraction: number) => void;
  /** The least work for which another process is started, in products in G1. */
  readonly costPerProcess?: number;
}

/** Multiplies the generators of both groups: in this process, or on all cores where that is faster. */
export class Generators {
  private readonly total: number;
  private readonly processes: number;
  private readonly pool: ProcessPool;
  private readonly bits: Counts;
  private readonly tables = new GeneratorTables();
  private done = 0;

  /** @param counts how many products there will be in each group, by which tables and processes are chosen. */
  constructor(
    counts: Counts,
    private readonly options: GeneratorOptions = {},
  ) {
    this.total = costOf(counts);
    this.processes = processesFor(counts, availableParallelism(), options.costPerProcess);
    this.pool = new ProcessPool(THREAD, [], this.processes);
    this.bits = { G1: windowBits(counts.G1 / this.processes), G2: windowBits(counts.G2 / this.processes) };
  }

  /**
   * @param scalars 32-byte little-endian elements in [0, r).
   * @returns affine points, in pieces that follow each other; the point at infinity is all zero.
   */
  async *multiply(group: CurveGroup["name"], scalars: Uint8Array): AsyncGenerator<Uint8Array> {
    const ahead: Promise<Uint8Array>[] = [];
    for (let at = 0; at < scalars.length; at += 32 * BATCH) {
      const batch = this.product({
        group,
        bits: this.bits[group],
        scalars: scalars.subarray(at, at + 32 * BATCH),
      });
      // Whoever waits for an earlier batch is told of its error first.
      batch.catch(() => undefined);
      ahead.push(batch);
      // No process waits for the next batch, and no more than one batch waits for a process.
      if (ahead.length > this.processes) yield await ahead.shift()!;
    }
    for (const batch of ahead) yield await batch;
  }

  /** Ends the processes. */
  close(): void {
    this.pool.close();
  }

  private async product(run: FixedBaseRun): Promise<Uint8Array> {
    const points = await (this.processes === 1
      ? this.tables.multiply(run)
      : runInThread<Uint8Array>(THREAD, run, { warm: this.pool }));
    this.done += (COST[run.group] * run.scalars.length) / 32;
    this.options.onProgress?.(this.done / this.total);
    return points;
  }
}
