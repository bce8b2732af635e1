import { existsSync } from "node:fs";
import { modelPaths } from "../../artifacts/paths.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { jsonLog } from "../../service/jsonLog.js";
import { startProver } from "../../service/provers/prover.js";
import { isInTime } from "../../service/provers/work.js";
import { proverState, type KeyedState } from "../../service/state/state.js";
import type { Project } from "../project.js";
import type { ProverRunning, ServiceWorkOptions } from "../types.js";
import { serviceFolder, toStderr } from "./folder.js";

/** Proves jobs of the project's service. */
export async function work(
  project: Project,
  { models: named, log = toStderr }: ServiceWorkOptions,
): Promise<ProverRunning> {
  const config = project.config.torch2circom;
  const state = await proverState(serviceFolder(project));
  try {
    const { database, key, isShared } = state;
    const models = named ?? (await soldAndHere(state, config.outDir));
    const options = { database, key, models, config, isStillWanted: isInTime, log: jsonLog(log) };
    const prover = await startProver(options);
    const ended = () => prover.ended.then(() => state.close());
    return {
      models,
      isShared,
      close: () => (prover.stop(), ended()),
      end: () => (prover.end(), ended()),
    };
  } catch (error) {
    await state.close();
    throw error;
  }
}

async function soldAndHere({ database }: KeyedState, outDir: string): Promise<string[]> {
  const sold = await database.query<{ model: string }>("select model from offered order by model");
  const here = sold.map(({ model }) => model).filter((name) => existsSync(modelPaths(outDir, name).manifest));
  if (here.length > 0) return here;
  const names = sold.map(({ model }) => `"${model}"`).join(", ");
  throw new Torch2CircomError(
    "BUILD_NOT_FOUND",
    sold.length === 0
      ? "The service of this database sells no model yet"
      : `The service sells ${names}, and no such build is in ${outDir}`,
    sold.length === 0
      ? "Start it first: npx hardhat torch2circom:serve <models> --network <name>"
      : "Copy the build's folder from the service's machine: building again makes another key.",
  );
}
