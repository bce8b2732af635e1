import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Torch2CircomError } from "../errors/torch2circomError.js";
import { canonicalJson, type Json } from "./canonicalJson.js";
import { hashFile, hashOf } from "./hash.js";
import { isDiskFull, writeWhole } from "./writeFile.js";

export interface StageParameters<Result extends Json> {
  /** Folder of the build; to be locked by the caller (see `withLock`). */
  readonly folder: string;
  /** Name of the stage, unique in its build, fit for a file's name. */
  readonly name: string;
  /** All that the result depends on: hashes of the files that it reads, options, versions of tools. */
  readonly inputs: Json;
  /** Files that the stage makes, relative to the folder. */
  readonly outputs: readonly string[];
  /** Makes the outputs below `workFolder`, under the same relative names, and returns what else is to be kept. */
  readonly run: (workFolder: string) => Promise<Result>;
}

export interface StageReturnType<Result> {
  readonly result: Result;
  /** Whether the stage was done before, and nothing has changed since. */
  readonly cached: boolean;
}

/** What is known of a stage that was completed. */
interface StageRecord {
  readonly inputs: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly result: Json;
}

/**
 * Runs a stage of a build, unless it was run before on the same inputs and its outputs are untouched.
 *
 * Outputs are made in a work folder and moved when all are complete; the record is written last. A build that was
 * interrupted anywhere repeats the stage that it was in, and no other.
 *
 * @throws Torch2CircomError if the disk is full, and whatever `run` throws.
 */
export async function runStage<Result extends Json>(
  parameters: StageParameters<Result>,
): Promise<StageReturnType<Result>> {
  const { folder, name, outputs, run } = parameters;
  const inputs = hashOf(canonicalJson(parameters.inputs));
  const recordPath = join(folder, ".stages", `${name}.json`);
  const record = await readRecord(recordPath);
  if (record?.inputs === inputs && (await isIntact(folder, record, outputs)))
    return { result: record.result as Result, cached: true };
  // What a run before this one left behind when it was interrupted.
  const workFolder = join(folder, `.work-${name}`);
  await rm(recordPath, { force: true });
  await rm(workFolder, { recursive: true, force: true });
  try {
    await mkdir(workFolder, { recursive: true });
    const result = await run(workFolder);
    const hashes: Record<string, string> = {};
    for (const output of outputs) {
      hashes[output] = await hashFile(join(workFolder, output));
      await mkdir(dirname(join(folder, output)), { recursive: true });
      await rename(join(workFolder, output), join(folder, output));
    }
    const done: StageRecord = { inputs, outputs: hashes, result };
    await writeWhole(recordPath, `${JSON.stringify(done, null, 2)}\n`);
    return { result, cached: false };
  } catch (error) {
    throw explainDiskFull(error, folder, name);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function readRecord(path: string): Promise<StageRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as StageRecord;
  } catch {
    // None, or one that cannot be read: the stage is run again.
    return undefined;
  }
}

async function isIntact(folder: string, record: StageRecord, outputs: readonly string[]): Promise<boolean> {
  for (const output of outputs) {
    const hash = await hashFile(join(folder, output)).catch(() => undefined);
    if (hash === undefined || hash !== record.outputs[output]) return false;
  }
  return true;
}

/** An error of writing to the folder: a full disk in words, anything else as it is. */
export function explainDiskFull(error: unknown, folder: string, stage: string): unknown {
  return isDiskFull(error) ? diskFull(folder, stage, error) : error;
}

function diskFull(folder: string, name: string, cause: Error): Torch2CircomError {
  return new Torch2CircomError(
    "DISK_FULL",
    `The disk is full: the stage "${name}" could not write to ${folder}`,
    "Free some space and start the build again; it goes on with this stage.",
    cause,
  );
}
