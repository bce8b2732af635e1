import type { NewTaskActionFunction } from "hardhat/types/tasks";
import { asPluginError, Torch2CircomPluginError } from "../src/hook-handlers/pluginError.js";

/** How a failed task describes itself with --json. */
export interface Failure {
  readonly error: { readonly code: string; readonly problem: string; readonly remedy: string };
}

/** An action whose failure is printed by Hardhat, or with --json as one JSON value on stdout, with exit code 1. */
export function withFailures(run: NewTaskActionFunction): NewTaskActionFunction {
  return async (args, hre) => {
    try {
      await run(args, hre);
    } catch (error) {
      if (args.json !== true) throw asPluginError(error);
      process.stdout.write(`${JSON.stringify(describeFailure(asPluginError(error)))}\n`);
      process.exitCode = 1;
    }
  };
}

function describeFailure(error: unknown): Failure {
  if (error instanceof Torch2CircomPluginError) {
    const { code, problem, remedy } = error;
    return { error: { code, problem, remedy } };
  }
  const problem = error instanceof Error ? error.message : String(error);
  return { error: { code: "UNEXPECTED", problem, remedy: "Run it again without --json for the details." } };
}
