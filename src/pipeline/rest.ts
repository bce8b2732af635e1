import { availableParallelism } from "node:os";
import { describeBytes } from "../forecast/fit.js";
import { durationsOf, forecastOf } from "../forecast/forecast.js";
import { rowsOf } from "../forecast/keySize.js";
import { knownSpeed, measuredSpeed } from "../forecast/speed.js";
import type { SystemSize } from "../link/size.js";
import { formatSeconds } from "../progress/progress.js";

/** From so many rows on, a build takes long enough that it is worth some seconds to know how long. */
const MANY_ROWS = 2 ** 15;

/** "Ahead: a key of 77 MB, 722 MB of memory, about 20 s; a proof takes about 11 s": what a build does after linking. */
export async function describeRest(size: SystemSize, cacheDir: string): Promise<string> {
  const { keyBytes, memoryBytes } = forecastOf(size, availableParallelism());
  const memory = process.memoryUsage().rss + memoryBytes.key;
  const speed = rowsOf(size) < MANY_ROWS ? await knownSpeed(cacheDir) : await measuredSpeed(cacheDir);
  const ahead = `Ahead: a key of ${describeBytes(keyBytes)}, ${describeBytes(memory)} of memory`;
  if (speed === undefined) return ahead;
  const { key, proof } = durationsOf(size, speed);
  return `${ahead}, about ${formatSeconds(key.seconds)}; a proof takes about ${formatSeconds(proof.snarkjs.seconds)}`;
}
