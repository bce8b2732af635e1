import { type FixedBaseJob, POINTS_PER_REPORT } from "./fixedBaseJob.js";
import { availableParallelism } from "node:os";
import { runInThread } from "../progress/thread.js";
import { SNARKJS_THREAD } from "./snarkjsLog.js";
import { encodeScalars } from "./field.js";
import { type FixedBaseRun, multiplyHere } from "./fixedBaseTable.js";

/** A product in G2 takes about three times one in G1. */
const COST = { G1: 1, G2: 3 } as const;

/** Some two seconds of work: less does not earn the start of another process, its curve and its tables. */
const COST_PER_THREAD = 20_000;

/**
 * Multiplies the generators by all scalars: here, or on all cores where that is faster.
 *
 * @param onProgress gets the fraction that is done.
 * @param costPerThread the least work for which another thread is started, in products in G1.
 * @returns for each job its points one after the other; the point at infinity is all zero.
 */
export async function multiplyGenerators(
  jobs: readonly FixedBaseJob[],
  onProgress?: (fraction: number) => void,
  costPerThread = COST_PER_THREAD,
): Promise<Uint8Array[]> {
  const total = jobs.reduce((sum, { group, scalars }) => sum + COST[group] * scalars.length, 0);
  const threads = Math.max(1, Math.min(availableParallelism(), Math.floor(total / costPerThread)));
  let done = 0;
  const onReport = (group: FixedBaseJob["group"]): void => {
    done += COST[group] * POINTS_PER_REPORT;
    onProgress?.(Math.min(1, done / total));
  };
  const parts = Array.from({ length: threads }, (_, thread) => {
    const run: FixedBaseRun = {
      jobs: jobs.map(({ group, scalars }) => ({
        group,
        scalars: encodeScalars(scalars.slice(...range(scalars.length, thread, threads))),
      })),
    };
    return threads === 1
      ? multiplyHere(run, onReport)
      : runInThread<Uint8Array[], FixedBaseJob["group"]>(
          new URL("./fixedBaseThread.js", import.meta.url),
          run,
          { ...SNARKJS_THREAD, onReport },
        );
  });
  const results = await Promise.all(parts);
  return jobs.map((_, job) => Buffer.concat(results.map((points) => points[job])));
}

function range(length: number, part: number, parts: number): [number, number] {
  return [Math.floor((length * part) / parts), Math.floor((length * (part + 1)) / parts)];
}
