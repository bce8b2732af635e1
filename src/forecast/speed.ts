import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { toolVersions } from "../artifacts/toolVersions.js";
import { cached } from "../link/gadgetCache.js";
import { packageVersion } from "../packageRoot.js";
import { runInThread } from "../progress/thread.js";
import type { CalibrationRun } from "./calibrationThread.js";
import type { Rates } from "./rates.js";

/** The speed of a machine. */
export interface Speed {
  readonly rates: Rates;
  readonly cores: number;
}

/**
 * How fast this machine is: measured in some seconds, and kept in the cache for its processor, Node and package versions.
 *
 * @param cacheDir folder of the cache that all builds of a machine share
 * @param rapidsnark path of its binary, if it is there
 */
export async function measuredSpeed(cacheDir: string, rapidsnark?: string): Promise<Speed> {
  const run: CalibrationRun = { rapidsnark };
  return speedFrom(cacheDir, rapidsnark, () =>
    runInThread<Rates>(new URL("./calibrationThread.js", import.meta.url), run, { processFlags: [] }),
  );
}

/** The same, where it was measured before; undefined elsewhere. */
export async function knownSpeed(cacheDir: string, rapidsnark?: string): Promise<Speed | undefined> {
  const unknown = new Error("not measured yet");
  return speedFrom(cacheDir, rapidsnark, () => Promise.reject(unknown)).catch((error: unknown) => {
    if (error !== unknown) throw error;
    return undefined;
  });
}

async function speedFrom(
  cacheDir: string,
  rapidsnark: string | undefined,
  measure: () => Promise<Rates>,
): Promise<Speed> {
  const cores = availableParallelism();
  const from = {
    ...{ cpu: cpus()[0]?.model ?? "unknown", cores, node: process.version, rapidsnark: rapidsnark ?? "" },
    ...{ torch2circom: packageVersion(), tools: toolVersions() },
  };
  const [bytes] = await cached(join(cacheDir, "calibration"), from, async () => {
    return [new TextEncoder().encode(JSON.stringify(await measure()))];
  });
  return { rates: JSON.parse(new TextDecoder().decode(bytes)) as Rates, cores };
}
